#:property PublishAot=false
#:property Optimize=true
#:property InvariantGlobalization=true
// A character-level recurrent network, trained from scratch: all of it, in arrays and loops.
//
//     dotnet run samples/min-char-rnn.cs -- input.txt [iterations] [seed]
//
// It reads a text from beginning to end, again and again, and predicts each next character. After every 25 characters
// it measures the loss of its predictions and moves its weights a little in the direction that lowers it. Every 100
// such iterations it prints a sample. It runs until it is stopped, or for the given number of iterations.
// The algorithm is that of A. Karpathy's min-char-rnn (2015); docs/how-it-works.md explains it step by step.

using System.Text;

// ---- 1. Hyper-parameters: chosen, not learnt. Change them and see what happens. ----
const int H = 100; // hidden units: the size of the state
const int T = 25; // steps: how many characters are read between two updates
const double learningRate = 0.1; // how far an update goes
const double gradientLimit = 5; // each element of the gradient is clipped to ±5
const double epsilon = 1e-8; // keeps Adagrad from dividing by zero
const int sampleEvery = 100; // iterations between two samples
const int sampleLength = 200; // characters in a sample

// ---- 2. The text: each character becomes its id, its index in the text's sorted alphabet of V characters. ----
if (args.Length == 0 || !File.Exists(args[0]))
{
    Console.Error.WriteLine(
        "usage: dotnet run min-char-rnn.cs -- input.txt [iterations] [seed], where input.txt is a text file"
    );
    return 2;
}
long iterations = args.Length > 1 ? long.Parse(args[1]) : long.MaxValue;
ulong random = args.Length > 2 ? ulong.Parse(args[2]) : 1;
Rune[] text = [.. File.ReadAllText(args[0]).EnumerateRunes()];
Rune[] alphabet = [.. new SortedSet<Rune>(text)];
int[] ids = Array.ConvertAll(text, character => Array.BinarySearch(alphabet, character));
int V = alphabet.Length;
if (ids.Length <= T)
{
    Console.Error.WriteLine($"{args[0]} has {ids.Length} characters; {T + 1} are needed.");
    return 3;
}
Console.WriteLine($"data has {ids.Length} characters, {V} unique.");

// ---- 3. Parameters: learnt. Small random numbers at first; equal ones would get equal gradients and stay equal. ----
//     hidden = tanh(inputWeights · x + recurrentWeights · hidden before + hiddenBias)
//     logits = headWeights · hidden + headBias
double[][] inputWeights = Matrix(H, V, 0.01),
    recurrentWeights = Matrix(H, H, 0.01),
    headWeights = Matrix(V, H, 0.01);
double[] hiddenBias = new double[H],
    headBias = new double[V];

// The gradient of the loss in each parameter, in arrays of the same shapes; below, all their rows in one order.
double[][] dInputWeights = Matrix(H, V),
    dRecurrentWeights = Matrix(H, H),
    dHeadWeights = Matrix(V, H);
double[] dHiddenBias = new double[H],
    dHeadBias = new double[V];
double[][] parameters = [.. inputWeights, .. recurrentWeights, .. headWeights, hiddenBias, headBias];
double[][] gradients = [.. dInputWeights, .. dRecurrentWeights, .. dHeadWeights, dHiddenBias, dHeadBias];
double[][] squares = [.. Matrix(H, V), .. Matrix(H, H), .. Matrix(V, H), new double[H], new double[V]];

// ---- 4. Training: sweep over the text, T characters at a time. ----
double[][] hidden = Matrix(T + 1, H); // hidden[t] is the state before step t, hidden[t + 1] the state after it
double[][] probabilities = Matrix(T, V); // of the next character, at each step
double smoothedLoss = T * Math.Log(V); // the loss of equal probabilities
int position = 0;
for (long iteration = 0; iteration < iterations; iteration++)
{
    if (position + T + 1 >= ids.Length) // end of the text: start again with a state of zeros
    {
        position = 0;
        Array.Clear(hidden[0]);
    }
    bool show = iteration % sampleEvery == 0;
    if (show)
        WriteSample(hidden[0], ids[position]);
    smoothedLoss = 0.999 * smoothedLoss + 0.001 * Forward();
    Backward();
    Update();
    if (show)
        Console.WriteLine($"iter {iteration}, loss: {smoothedLoss:F6}");
    hidden[T].CopyTo(hidden[0], 0); // the state is carried into the next window
    position += T;
}
return 0;

// ---- 5. Forward pass: read T characters. The loss is the sum of -ln p of each character that followed. ----
double Forward()
{
    double loss = 0;
    for (int t = 0; t < T; t++)
    {
        Step(ids[position + t], hidden[t], hidden[t + 1], probabilities[t]);
        loss -= Math.Log(probabilities[t][ids[position + t + 1]]);
    }
    return loss;
}

// One step of the network: from a character and the state before it to the state after it and the next probabilities.
void Step(int id, double[] before, double[] after, double[] p)
{
    for (int i = 0; i < H; i++)
    {
        double sum = inputWeights[i][id] + hiddenBias[i]; // x is one-hot, so W x is column id of W
        for (int j = 0; j < H; j++)
            sum += recurrentWeights[i][j] * before[j];
        after[i] = Math.Tanh(sum);
    }
    double max = double.NegativeInfinity,
        total = 0;
    for (int k = 0; k < V; k++) // logits: a score for every character
    {
        p[k] = headBias[k];
        for (int i = 0; i < H; i++)
            p[k] += headWeights[k][i] * after[i];
        max = Math.Max(max, p[k]); // subtracted below: no probability changes, and exp stays finite
    }
    for (int k = 0; k < V; k++)
        total += p[k] = Math.Exp(p[k] - max);
    for (int k = 0; k < V; k++)
        p[k] /= total; // softmax: positive numbers that sum to 1
}

// ---- 6. Backward pass: the same steps, last to first. dX is the gradient of the loss in X. ----
void Backward()
{
    double[] dHidden = new double[H]; // from the next step; zero at the last one: truncated backpropagation
    for (int t = T - 1; t >= 0; t--)
    {
        double[] dLogits = probabilities[t]; // gradient of -ln softmax: p, minus 1 at the target
        dLogits[ids[position + t + 1]] -= 1;
        for (int k = 0; k < V; k++)
        {
            dHeadBias[k] += dLogits[k];
            for (int i = 0; i < H; i++)
            {
                dHeadWeights[k][i] += dLogits[k] * hidden[t + 1][i];
                dHidden[i] += dLogits[k] * headWeights[k][i];
            }
        }
        double[] dHiddenBefore = new double[H];
        for (int i = 0; i < H; i++)
        {
            double dSum = dHidden[i] * (1 - hidden[t + 1][i] * hidden[t + 1][i]); // through tanh
            dHiddenBias[i] += dSum;
            dInputWeights[i][ids[position + t]] += dSum;
            for (int j = 0; j < H; j++)
            {
                dRecurrentWeights[i][j] += dSum * hidden[t][j];
                dHiddenBefore[j] += dSum * recurrentWeights[i][j];
            }
        }
        dHidden = dHiddenBefore;
    }
}

// ---- 7. Update (Adagrad): against the gradient, scaled down by the root of the sum of its past squares. ----
void Update()
{
    for (int row = 0; row < parameters.Length; row++)
    for (int i = 0; i < parameters[row].Length; i++)
    {
        double gradient = Math.Clamp(gradients[row][i], -gradientLimit, gradientLimit);
        squares[row][i] += gradient * gradient;
        parameters[row][i] -= learningRate * gradient / Math.Sqrt(squares[row][i] + epsilon);
        gradients[row][i] = 0; // the next backward pass accumulates from zero
    }
}

// ---- 8. Sampling: draw a character, read it, draw the next. It works on a copy of the state. ----
void WriteSample(double[] state, int id)
{
    StringBuilder sample = new();
    double[] before = [.. state],
        after = new double[H],
        p = new double[V];
    for (int n = 0; n < sampleLength; n++)
    {
        Step(id, before, after, p);
        double point = (RandomBits() >> 11) / (double)(1UL << 53); // uniform in [0, 1)
        for (id = 0; id < V - 1 && point >= p[id]; id++)
            point -= p[id]; // the character whose interval holds the point
        sample.Append(alphabet[id]);
        (before, after) = (after, before);
    }
    Console.WriteLine($"----\n{sample}\n----");
}

// ---- 9. Random numbers: the same seed gives the same numbers on every machine. ----
double[][] Matrix(int rows, int columns, double deviation = 0)
{
    double[][] matrix = new double[rows][];
    for (int i = 0; i < rows; i++)
    {
        matrix[i] = new double[columns];
        for (int j = 0; deviation > 0 && j < columns; j++)
            matrix[i][j] = deviation * RandomNormal();
    }
    return matrix;
}

double RandomNormal() // approximately: the sum of twelve uniform numbers from [0, 1), minus its mean of 6
{
    double sum = 0;
    for (int n = 0; n < 12; n++)
        sum += (RandomBits() >> 32) / 4294967296.0;
    return sum - 6;
}

ulong RandomBits() // SplitMix64 (Steele, Lea and Flood, 2014)
{
    random += 0x9E3779B97F4A7C15;
    ulong z = (random ^ (random >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}
