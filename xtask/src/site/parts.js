import { initSync } from "./exisone.js";
const modules = {}, fetched = {};
// A file of a part: how many modules, number and length of each, then the modules.
const load = async (name) => {
  const answer = await fetch(new URL(`${name}.part`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const [count] = new Uint32Array(bytes, 0, 1);
  const head = new Uint32Array(bytes, 4, 2 * count);
  const main = initSync();
  const ready = [];
  for (let i = 0, at = 4 + head.byteLength; i < head.length; i += 2) {
    const length = head[i + 1];
    ready.push(modules[head[i]] ??= WebAssembly.instantiate(new Uint8Array(bytes, at, length), { main }));
    at += length;
  }
  await Promise.all(ready);
};
const part = (name) => async (callback, data) => {
  let success = true;
  try { await (fetched[name] ??= load(name)); } catch (error) { delete fetched[name]; console.error(error); success = false; }
  initSync().__indirect_function_table.get(callback)(data, success);
};
