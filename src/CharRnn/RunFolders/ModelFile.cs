namespace CharRnn.Checkpoints;

/// <summary>A model as it is named: a run folder, or one safetensors file.</summary>
internal static class ModelFile
{
    /// <summary>
    /// The safetensors file that <paramref name="path"/> means: the file itself, or the <c>model.safetensors</c> of a
    /// run folder.
    /// </summary>
    /// <exception cref="ModelException">There is nothing there, or something that is no model.</exception>
    public static string Resolve(string path)
    {
        if (Directory.Exists(path))
        {
            string model = Path.Combine(path, RunFolder.ModelName);
            if (File.Exists(model))
                return model;
            throw new ModelException(
                File.Exists(Path.Combine(path, RunFolder.ConfigName))
                    ? $"the run {path} holds no {RunFolder.ModelName} yet; start it again with 'Trainer.Resume', or "
                        + "name one of its checkpoints"
                    : $"the folder {path} is not a run: it holds no {RunFolder.ModelName}; name a folder that "
                        + "training made, or a safetensors file"
            );
        }
        if (!File.Exists(path))
            throw new ModelException(
                $"there is no model {path}; name a run folder that training made, or a safetensors file"
            );
        return path;
    }
}
