// Answers the prompts of a bench with node-llama-cpp, batched by it over its sequences: PeerEngine.cs starts this with
// the path of a JSON file {model, sequences, answers, prompts: tokens of each}, and reads one line of JSON.
import fs from "node:fs";
import {getLlama, LlamaCompletion, LlamaLogLevel} from "node-llama-cpp";
const {model: modelPath, prompts, answers, sequences} = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: 1024, sequences, batchSize: 512, threads: 1, flashAttention: true});
const grammar = await llama.createGrammar({grammar: "root ::= " + answers.map((a) => JSON.stringify(a)).join(" | ")});
const all = Array.from({length: sequences}, () => new LlamaCompletion({contextSequence: context.getSequence()}));
const out = new Array(prompts.length);
async function run(from, to) {
    let next = from;
    await Promise.all(all.map(async (completion) => {
        while (next < to) {
            const at = next++;
            out[at] = await completion.generateCompletion(prompts[at], {grammar, temperature: 0, maxTokens: 512});
        }
    }));
}
await run(0, Math.min(sequences, prompts.length)); // warms up, and puts the instruction into each sequence

const cpu = process.cpuUsage(), start = performance.now();
await run(0, prompts.length);
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({seconds: (performance.now() - start) / 1000, cpuSeconds: (used.user + used.system) / 1e6, answers: out}));
process.exit(0);
