using Openclawssy.Launcher;

// No word: the supervisor, with a request on standard input. The other words are its own stages.
return args switch
{
    [] => Supervisor.Run(),
    ["--inner"] => Inner.Run(),
    ["--become", var user, var group, ..] => Becoming.Run(user, group, args[3..]),
    ["--probe", ..] => Probe.Run(args[1..]),
    _ => 2,
};
