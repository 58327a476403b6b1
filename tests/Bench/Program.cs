using Syscribe.Bench;
using Syscribe.Bench.Capture;
using Syscribe.Bench.Inference;
using Syscribe.Bench.Publish;

IBench[] benches = [new InferenceBench(), new CaptureBench(), new PublishBench()];
return BenchProgram.Run(args, benches);
