using Syscribe.Bench;
using Syscribe.Bench.Capture;
using Syscribe.Bench.Codec;
using Syscribe.Bench.Inference;
using Syscribe.Bench.Memory;
using Syscribe.Bench.Publish;
using Syscribe.Bench.Rules;

IBench[] benches = [new InferenceBench(), new CaptureBench(), new CodecBench(), new PublishBench(), new RulesBench(), new UpstreamRulesBench(), new MemoryBench()];
return BenchProgram.Run(args, benches);
