using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>What PyTorch 1.13 computes in float64 for small models; three entries (first, middle, last) of each tensor.</summary>
/// <param name="Cell">The cell's name.</param>
/// <param name="HasEmbedding">E = 4 where true, one-hot where false.</param>
/// <param name="Residual">Whether the second layer adds its input.</param>
/// <param name="Loss">A quarter of the summed cross-entropy.</param>
/// <param name="Values">Logits, last state of the second layer, gradients by name (of bias_hh its last third).</param>
public sealed record PyTorchValues(
    string Cell,
    bool HasEmbedding,
    bool Residual,
    double Loss,
    Dictionary<string, double[]> Values
)
{
    // Made by this program:
    //
    // import torch
    // torch.set_default_dtype(torch.float64)
    // V, E, H, L, T, B = 7, 4, 5, 2, 6, 3
    //
    // def fill(shape, offset):
    //     numbers = torch.arange(torch.Size(shape).numel())
    //     return (((numbers * 37 + offset * 11) % 23 - 11) / 16).double().reshape(shape)
    //
    // def run(cell, embedding, residual):
    //     make = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
    //     layers = [make((E if embedding else V) if k == 0 else H, H) for k in range(L)]
    //     p = {"head.weight": torch.nn.Parameter(torch.empty(V, H)), "head.bias": torch.nn.Parameter(torch.empty(V))}
    //     if embedding: p["embedding.weight"] = torch.nn.Parameter(torch.empty(V, E))
    //     for k, layer in enumerate(layers):
    //         for name, parameter in layer.named_parameters(): p[f"rnn.{name[:-1]}{k}"] = parameter
    //     with torch.no_grad():
    //         for name in p:
    //             p[name].copy_(fill(p[name].shape, sum(map(ord, name))))
    //             if "bias_hh" in name: p[name][:2 * H if cell == "gru" else None] = 0
    //     ids = [(i * 5 + 2) % V for i in range(T * B)]; targets = [(i * 3 + 1) % V for i in range(T * B)]
    //     if embedding: x = p["embedding.weight"][torch.tensor(ids)].reshape(T, B, E)
    //     else: x = torch.nn.functional.one_hot(torch.tensor(ids), V).double().reshape(T, B, V)
    //     for k, layer in enumerate(layers):
    //         h, c = fill((1, B, H), 50 + k), fill((1, B, H), 60 + k)
    //         y, last = layer(x, (h, c) if cell == "lstm" else h)
    //         t, b, u = torch.meshgrid(torch.arange(T), torch.arange(B), torch.arange(H), indexing="ij")
    //         y = y * torch.where((k + t + 2 * b + 3 * u) % 4 == 0, 0.0, 4 / 3)
    //         x = x + y if residual and k > 0 else y
    //     logits = x.reshape(T * B, H) @ p["head.weight"].T + p["head.bias"]
    //     loss = 0.25 * torch.nn.functional.cross_entropy(logits, torch.tensor(targets), reduction="sum")
    //     loss.backward()
    //     def three(x): x = x.flatten().tolist(); return ", ".join(map(repr, (x[0], x[len(x) // 2], x[-1])))
    //     print(f'        new("{cell}", {str(embedding).lower()}, {str(residual).lower()}, {loss.item()!r}, new()\n        {{')
    //     print(f'            ["logits"] = [{three(logits.detach())}],')
    //     print(f'            ["last hidden"] = [{three(last[0] if cell == "lstm" else last)}],')
    //     if cell == "lstm": print(f'            ["last cell"] = [{three(last[1])}],')
    //     for name in sorted(p):
    //         if "bias_hh" in name and cell != "gru": continue
    //         trained = p[name].grad[2 * H:] if "bias_hh" in name else p[name].grad
    //         print(f'            ["{name}"] = [{three(trained)}],')
    //     print("        }),")
    //
    // for cell in ("rnn", "gru", "lstm"):
    //     run(cell, False, False); run(cell, True, True)
    public static IReadOnlyList<PyTorchValues> All { get; } =
    [
        new(
            "rnn",
            false,
            false,
            9.888475032982369,
            new()
            {
                ["logits"] = [-0.22732982470915086, -0.08688955912164309, -0.6787630108853222],
                ["last hidden"] = [0.8971544007022817, 0.8128903725511832, 0.9470509074411676],
                ["head.bias"] = [-0.15247470384009515, 0.06839537216335678, -0.1258584371756789],
                ["head.weight"] = [0.19633464686255384, 0.15992390885620417, 0.32762556488950206],
                ["rnn.bias_ih_l0"] = [-0.027130315100003608, 0.08617969645386564, 0.2420482280232345],
                ["rnn.bias_ih_l1"] = [0.04905159142775218, -0.03390790292492568, -0.00203428153755009],
                ["rnn.weight_hh_l0"] = [0.006752013735470388, -0.07313209468391416, -0.0693527683838843],
                ["rnn.weight_hh_l1"] = [-0.004829572741023794, -0.005862329747855659, -0.020487987457769065],
                ["rnn.weight_ih_l0"] = [-0.01038987501440712, 0.0017203902517166287, -0.021382594234799],
                ["rnn.weight_ih_l1"] = [-0.2106292081766981, 0.10699995671697823, 0.06578739569087275],
            }
        ),
        new(
            "rnn",
            true,
            true,
            10.50581664718092,
            new()
            {
                ["logits"] = [-0.35640204706257206, -0.19050844960438895, -1.2863247247845657],
                ["last hidden"] = [0.8848121868430673, 0.5466537559314704, 0.9595423967622648],
                ["embedding.weight"] = [0.009758631852558517, 0.01027448824416983, 0.032141331494371095],
                ["head.bias"] = [-0.2930379322094574, 0.09081906626948727, -0.028962108187403718],
                ["head.weight"] = [0.21245819611315436, 0.03647819409050038, 0.6624163225352852],
                ["rnn.bias_ih_l0"] = [-0.053085931449681545, 0.48578322961394305, 0.031662344196384695],
                ["rnn.bias_ih_l1"] = [0.07231222271596818, 0.05265084746254341, 0.10233382348144279],
                ["rnn.weight_hh_l0"] = [0.034806634251481616, -0.09567893114716652, -0.11673319448622273],
                ["rnn.weight_hh_l1"] = [-0.04846775254504315, -0.02619481771653315, 0.05624662174286206],
                ["rnn.weight_ih_l0"] = [-0.04805309950666211, -0.043385359125883136, 0.008034964291155071],
                ["rnn.weight_ih_l1"] = [-0.17481893626463013, 0.12623886379946572, 0.04616198012259793],
            }
        ),
        new(
            "gru",
            false,
            false,
            9.309847466953677,
            new()
            {
                ["logits"] = [0.683518048755453, 0.9272712411882404, 0.1447408674101059],
                ["last hidden"] = [-0.49328913077900616, 0.13722524188825735, 0.04147801592579027],
                ["head.bias"] = [0.07329174219582892, -0.16867460307834697, -0.04722852118719559],
                ["head.weight"] = [-0.22659482622938304, 0.11386707054921534, 0.0928186475234512],
                ["rnn.bias_hh_l0"] = [-0.006774789749901677, 0.024819688748154965, 0.014772658133889243],
                ["rnn.bias_hh_l1"] = [-0.006795711707141484, -0.0053514678723468575, -0.040222448399680436],
                ["rnn.bias_ih_l0"] = [0.0033112525311161326, -0.004802948194439992, 0.02552997592932396],
                ["rnn.bias_ih_l1"] = [0.005236782028478673, -0.0027160057097656088, -0.05849106525297786],
                ["rnn.weight_hh_l0"] = [0.004543241644317155, 0.0034805335426184624, -0.001969280914969637],
                ["rnn.weight_hh_l1"] = [0.0013491100901703078, -0.0009721664000355005, -0.0063656667437047],
                ["rnn.weight_ih_l0"] = [-0.004426434895627097, 0.0019913180412812026, -0.005500622848232953],
                ["rnn.weight_ih_l1"] = [-0.002382686926007445, 0.0015117624110231797, 0.02949864490297327],
            }
        ),
        new(
            "gru",
            true,
            true,
            9.213302773063551,
            new()
            {
                ["logits"] = [0.8287135455263169, 0.5370394447910207, -0.1943634772382892],
                ["last hidden"] = [-0.43421059362911596, 0.059811716143915304, -0.149655082503872],
                ["embedding.weight"] = [-0.06466295845805967, -0.03701855785293366, -0.02759901314410662],
                ["head.bias"] = [0.08354723175887246, -0.18730675495617863, -0.03517420553085725],
                ["head.weight"] = [-0.28135977619502284, 0.0544990102155357, 0.2704054663237636],
                ["rnn.bias_hh_l0"] = [-0.05251120812415514, 0.045957362815230544, -0.03916383087310924],
                ["rnn.bias_hh_l1"] = [-0.015217401889029359, -0.0062185091113735515, -0.03823772288678662],
                ["rnn.bias_ih_l0"] = [0.011746601870260321, -0.030626464579635505, -0.10713550280692416],
                ["rnn.bias_ih_l1"] = [0.0007324003984103659, -0.010247021217471354, -0.055006896831560737],
                ["rnn.weight_hh_l0"] = [0.005744108442849892, 0.007592894679028386, 0.006579549544396372],
                ["rnn.weight_hh_l1"] = [0.0017444279817041717, -0.0028600122300580563, -0.0055752414148455874],
                ["rnn.weight_ih_l0"] = [0.0017513990557994743, -0.004806581578257346, -0.0001917969036777361],
                ["rnn.weight_ih_l1"] = [-0.0022041493444654725, -0.0007556179881089855, 0.033248797330628445],
            }
        ),
        new(
            "lstm",
            false,
            false,
            9.276186491267666,
            new()
            {
                ["logits"] = [0.576119453514153, 0.7177901727644103, -0.17704397737004202],
                ["last hidden"] = [-0.1552107717389004, -0.1683820414693775, -0.03084642774616352],
                ["last cell"] = [-0.4790415858584641, -0.39405588293536714, -0.056118135252679995],
                ["head.bias"] = [0.11304721623886879, -0.10780772220340279, -0.13856829248167757],
                ["head.weight"] = [-0.09981217778662566, -0.0818454852393565, 0.009175054634683754],
                ["rnn.bias_ih_l0"] = [0.006562439336496975, -0.0860012605746593, 0.0027572000579117674],
                ["rnn.bias_ih_l1"] = [0.008327223832175025, -0.008548624601800595, -9.105695014314857e-05],
                ["rnn.weight_hh_l0"] = [-0.0008481253469643573, -0.020607220376066465, -0.0002870253228826875],
                ["rnn.weight_hh_l1"] = [-0.0007714516238845762, 0.0015853600367374831, 0.0004814447674934223],
                ["rnn.weight_ih_l0"] = [-0.0008416925494099188, 0.001007712602094213, 4.9899746668348804e-05],
                ["rnn.weight_ih_l1"] = [0.0011135863687418155, -0.0019286337432502184, 0.00017732730920292712],
            }
        ),
        new(
            "lstm",
            true,
            true,
            9.14298818910349,
            new()
            {
                ["logits"] = [0.588432003838967, 0.38939201771868304, -0.33773067759317227],
                ["last hidden"] = [-0.15497930946182745, -0.19716980452992897, -0.10637831360446263],
                ["last cell"] = [-0.46098765837145333, -0.49030981794627, -0.20205295993065533],
                ["embedding.weight"] = [-0.016450729616509754, -0.03278226031062683, -0.005485416384067961],
                ["head.bias"] = [0.063630780038446, -0.13325165308315406, -0.07818738371435109],
                ["head.weight"] = [-0.11973726590547117, -0.21216005474116412, 0.030627939820048248],
                ["rnn.bias_ih_l0"] = [-0.008836097575095576, -0.16718327676618286, 0.013606108877079187],
                ["rnn.bias_ih_l1"] = [0.00863247222564704, -0.006181623769859882, 0.005943750150661892],
                ["rnn.weight_hh_l0"] = [-0.003763340804978155, -0.05531377767813979, -0.0013891349250976113],
                ["rnn.weight_hh_l1"] = [-0.000750227436107331, 0.0010977145434517735, 0.0021019512844076974],
                ["rnn.weight_ih_l0"] = [-0.007824313589863394, 0.02867947887871949, 0.0017520312803403465],
                ["rnn.weight_ih_l1"] = [0.0006719917738293019, -0.0015025168620880006, 4.401709655889787e-05],
            }
        ),
    ];
}
