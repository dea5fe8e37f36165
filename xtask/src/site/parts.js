import { initSync } from "./exisone.js";
const fetched = {};
const get = (name) => fetched[name] ??= WebAssembly
  .instantiateStreaming(fetch(new URL(name, import.meta.url)), { main: initSync() })
  .catch((error) => { delete fetched[name]; throw error; });
const part = (...names) => async (callback, data) => {
  let success = true;
  try { await Promise.all(names.map(get)); } catch (error) { console.error(error); success = false; }
  initSync().__indirect_function_table.get(callback)(data, success);
};
