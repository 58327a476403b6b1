using System.CommandLine;
using Syscribe.Training.Data;
using Syscribe.Training.Evaluate;

var root = new RootCommand("Makes the model: data out of rules, training, export, evaluation.");
root.Add(DataCommand.Create());
root.Add(EvaluateCommand.Create());
return root.Parse(args).Invoke();
