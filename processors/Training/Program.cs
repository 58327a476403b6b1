using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Syscribe.Training.Data;
using Syscribe.Training.Evaluate;
using Syscribe.Training.Lora;
using Syscribe.Training.Train;

var root = new Command("syscribe-train", "Makes the model: data out of rules, training, export, evaluation.")
{
    DataCommand.Create(), TrainCommand.Create(), LoraCommand.Create(), BenignCommand.Create(), EvaluateCommand.Create(),
    new HelpOption(), new VersionOption(),
};
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction wrong)
{
    wrong.ShowHelp = false; // It would hide the error.
    parsed.Invoke(new InvocationConfiguration { Output = Console.Error }); // What was probably meant goes to Output.
    return 2;
}

return parsed.Invoke();
