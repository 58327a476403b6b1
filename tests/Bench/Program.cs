using Syscribe.Bench;
using Syscribe.Bench.Publish;

IBench[] benches = [new PublishBench()];
return BenchProgram.Run(args, benches);
