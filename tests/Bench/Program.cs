using Syscribe.Bench;
using Syscribe.Bench.Capture;
using Syscribe.Bench.Publish;

IBench[] benches = [new CaptureBench(), new PublishBench()];
return BenchProgram.Run(args, benches);
