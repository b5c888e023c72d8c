using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Downloads;

/// <summary>Progress of a download: bytes, share, speed and time left.</summary>
/// <param name="name">The corpus.</param>
/// <param name="progress">The bytes had, and how many there are.</param>
/// <param name="since">The bytes that were there when this run began: the speed is of the rest.</param>
/// <param name="elapsed">Time that this run has taken.</param>
internal sealed class DownloadReport(string name, DownloadProgress progress, long since, TimeSpan elapsed)
    : IProgressReport
{
    public string ToLine()
    {
        double perSecond = (progress.Bytes - since) / Math.Max(elapsed.TotalSeconds, 1e-3);
        string speed = $"{Quantity.Bytes(perSecond)}/s";
        if (progress.Total is not { } total || total == 0)
            return $"{name}  {Quantity.Bytes(progress.Bytes)}  {speed}";
        double share = (double)progress.Bytes / total;
        string left =
            perSecond > 0
                ? Quantity.Time(
                    TimeSpan.FromSeconds(
                        Math.Min((total - progress.Bytes) / perSecond, TimeSpan.FromDays(99).TotalSeconds)
                    )
                )
                : "?";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}  {ProgressBar.Of(share)} {100 * share:0} %  {Quantity.Bytes(progress.Bytes)} of "
                + $"{Quantity.Bytes(total)}  {speed}  {left} left"
        );
    }

    public void WriteProperties(Utf8JsonWriter json)
    {
        json.WriteString("name", name);
        json.WriteNumber("bytes", progress.Bytes);
        if (progress.Total is { } total)
            json.WriteNumber("total", total);
        else
            json.WriteNull("total");
        json.WriteNumber("seconds", elapsed.TotalSeconds);
    }
}
