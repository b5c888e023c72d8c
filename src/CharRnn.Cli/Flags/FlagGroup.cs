namespace CharRnn.Cli.Flags;

/// <summary>A heading of the help, under which flags stand; in the order in which they are shown.</summary>
internal enum FlagGroup
{
    /// <summary>The default heading.</summary>
    General,

    /// <summary>Who may use a server.</summary>
    Access,

    /// <summary>What a server may be asked to do.</summary>
    Limits,

    /// <summary>The run: its folder, and the run or model that it starts from.</summary>
    Run,

    /// <summary>The text and its preparation.</summary>
    Text,

    /// <summary>Labelled records.</summary>
    Labels,

    /// <summary>The network.</summary>
    Network,

    /// <summary>Initialization, windows, batches and limits.</summary>
    Training,

    /// <summary>The optimizer, the learning rate and gradient clipping.</summary>
    Optimizer,

    /// <summary>Validation and test.</summary>
    HeldOut,

    /// <summary>Evaluations, checkpoints and samples on the way.</summary>
    Watching,

    /// <summary>Choice of the next character.</summary>
    Choice,

    /// <summary>Kind and format of the output.</summary>
    Output,
}
