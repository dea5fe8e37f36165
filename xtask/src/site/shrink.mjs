// Shrinks WebAssembly modules in place, as `wasm-opt -Oz` with the strip options does, byte for byte. That program
// is itself WebAssembly here, and would be compiled anew for each module: one process takes a tenth of the time.
// Arguments: what browsers can do, by binaryen's names joined with commas; then the modules.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const [features, ...modules] = process.argv.slice(2);
  // The largest first, so that all hands end together.
  modules.sort((one, other) => statSync(other).size - statSync(one).size);
  const next = new Int32Array(new SharedArrayBuffer(4));
  for (let hand = 0; hand < availableParallelism(); hand += 1) {
    // An error that nobody listens to ends the process.
    new Worker(new URL(import.meta.url), { workerData: { features, modules, next } });
  }
} else {
  const { features, modules, next } = workerData;
  const { default: binaryen } = await import('binaryen');
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  binaryen.setGenerateStackIR(true);
  binaryen.setOptimizeStackIR(true);
  const known = features.split(',').reduce((all, name) => all | binaryen.Features[name], 0);
  for (let path; (path = modules[Atomics.add(next, 0, 1)]); ) {
    const module = binaryen.readBinary(readFileSync(path));
    module.setFeatures(known);
    module.optimize();
    module.runPasses(['strip-debug', 'strip-producers', 'strip-target-features']);
    writeFileSync(path, module.emitBinary());
    module.dispose();
  }
}
