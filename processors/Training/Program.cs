using System.CommandLine;
using Syscribe.Training.Data;
using Syscribe.Training.Evaluate;
using Syscribe.Training.Lora;
using Syscribe.Training.Train;

var root = new RootCommand("Makes the model: data out of rules, training, export, evaluation.");
root.Add(DataCommand.Create());
root.Add(TrainCommand.Create());
root.Add(LoraCommand.Create());
root.Add(BenignCommand.Create());
root.Add(EvaluateCommand.Create());
return root.Parse(args).Invoke();
