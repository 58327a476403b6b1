using System.CommandLine;

var root = new RootCommand("Makes the model: data out of rules, training, export, evaluation.");
return root.Parse(args).Invoke();
