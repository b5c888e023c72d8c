using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>Three updates of three numbers, as PyTorch 1.13 makes them in float64.</summary>
public sealed class ReferenceOptimizersTests
{
    // Made by this program:
    //
    // import torch
    // torch.set_default_dtype(torch.float64)
    // o = torch.optim
    // for name, make in {
    //     "sgd": lambda p: o.SGD(p, lr=0.1, weight_decay=0.05),
    //     "adagrad": lambda p: o.Adagrad(p, lr=0.1, eps=1e-3, weight_decay=0.05),
    //     "rmsprop": lambda p: o.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-3, weight_decay=0.05),
    //     "adam": lambda p: o.Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.05),
    //     "adamw": lambda p: o.AdamW(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.05)}.items():
    //     p = torch.nn.Parameter(torch.tensor([0.5, -1.25, 2.0]))
    //     optimiser = make([p])
    //     for step in range(3):
    //         p.grad = torch.tensor([0.25 * (step + 1), -0.5 + step, 0.125])
    //         optimiser.step()
    //     print(name, p.tolist())
    private const double LearningRate = 0.1;
    private const double Epsilon = 1e-3;
    private const double WeightDecay = 0.05;
    private const double Beta1 = 0.8;
    private const double Beta2 = 0.95;
    private const double Alpha = 0.9;

    private readonly double[] _parameters = [0.5, -1.25, 2.0];
    private readonly double[] _first = new double[3];
    private readonly double[] _second = new double[3];

    [Fact]
    public void Sgd_MatchesPyTorch() =>
        AssertAfterThreeSteps(
            [0.3430368125, -1.3815923437500002, 1.9328369375],
            (gradients, _) => ReferenceOptimizers.Sgd(_parameters, gradients, LearningRate, WeightDecay)
        );

    [Fact]
    public void Adagrad_WithEpsilonOutsideTheRoot_MatchesPyTorch() =>
        AssertAfterThreeSteps(
            [0.23289820461698418, -1.301405643889992, 1.7742112399240095],
            (gradients, _) =>
                ReferenceOptimizers.Adagrad(
                    _parameters,
                    gradients,
                    _second,
                    LearningRate,
                    Epsilon,
                    epsilonInsideRoot: false,
                    WeightDecay
                )
        );

    [Fact]
    public void RmsProp_MatchesPyTorch() =>
        AssertAfterThreeSteps(
            [-0.3472792697972451, -1.4260167609974082, 1.2893869865714458],
            (gradients, _) =>
                ReferenceOptimizers.RmsProp(_parameters, gradients, _second, LearningRate, Alpha, Epsilon, WeightDecay)
        );

    [Fact]
    public void Adam_MatchesPyTorch() =>
        AssertAfterThreeSteps(
            [0.20419404732051188, -1.211524663491295, 1.7017164041169301],
            (gradients, step) =>
                ReferenceOptimizers.Adam(
                    _parameters,
                    gradients,
                    _first,
                    _second,
                    step,
                    LearningRate,
                    Beta1,
                    Beta2,
                    Epsilon,
                    WeightDecay
                )
        );

    [Fact]
    public void AdamW_MatchesPyTorch() =>
        AssertAfterThreeSteps(
            [0.199221686848931, -1.2099006811076682, 1.674016317460317],
            (gradients, step) =>
                ReferenceOptimizers.AdamW(
                    _parameters,
                    gradients,
                    _first,
                    _second,
                    step,
                    LearningRate,
                    Beta1,
                    Beta2,
                    Epsilon,
                    WeightDecay
                )
        );

    [Fact]
    public void Adagrad_WithEpsilonInsideTheRoot_DividesByTheRootOfBoth()
    {
        ReferenceOptimizers.Adagrad(_parameters, [3, 0, -1e-5], _second, learningRate: 0.1, epsilon: 1e-8);

        Assert.Equal([9, 0, 1e-10], _second, Near);
        Assert.Equal([0.5 - 0.3 / Math.Sqrt(9 + 1e-8), -1.25, 2.0 + 1e-6 / Math.Sqrt(1e-10 + 1e-8)], _parameters, Near);
    }

    [Fact]
    public void ClipElementwise_BringsEachGradientIntoTheLimits()
    {
        double[][] gradients =
        [
            [-7, 2],
            [5.5],
        ];

        ReferenceOptimizers.ClipElementwise(gradients, 5);

        Assert.Equal(
            [
                [-5, 2],
                [5],
            ],
            gradients
        );
    }

    [Fact]
    public void ClipByGlobalNorm_ScalesAllTensorsTogether()
    {
        double[][] gradients =
        [
            [3, 0],
            [-4],
        ];

        Assert.Equal(5, ReferenceOptimizers.ClipByGlobalNorm(gradients, limit: 1), Near);

        Assert.Equal([0.6, 0], gradients[0], Near);
        Assert.Equal([-0.8], gradients[1], Near);
    }

    [Fact]
    public void ClipByGlobalNorm_BelowTheLimit_ChangesNothing()
    {
        double[][] gradients =
        [
            [3, 0],
            [-4],
        ];

        ReferenceOptimizers.ClipByGlobalNorm(gradients, limit: 5);

        Assert.Equal(
            [
                [3, 0],
                [-4],
            ],
            gradients
        );
    }

    private void AssertAfterThreeSteps(double[] expected, Action<double[], int> update)
    {
        for (int step = 0; step < 3; step++)
            update([0.25 * (step + 1), -0.5 + step, 0.125], step + 1);
        Assert.Equal(expected, _parameters, Near);
    }

    private static bool Near(double left, double right) => Math.Abs(left - right) <= 1e-14;
}
