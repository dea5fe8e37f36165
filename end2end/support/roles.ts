// Who may send which form: as the server's own table of roles says, which its tests hold it to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Roles, from whoever may least; `All` is also whoever is not signed in. */
const ROLES = ['All', 'Viewer', 'Support', 'Admin', 'Owner'];

const TABLE = join(import.meta.dirname, '../../server/tests/it/roles.rs');

/** The lowest role of each server function by its address. */
export function lowestRoles(): Map<string, string> {
  const rows = readFileSync(TABLE, 'utf8').matchAll(/\(\s*"(\w+)",\s*(All|Viewer|Support|Admin|Owner),\s*&\[/g);
  return new Map([...rows].map(([, name, role]) => [`/ui/${name}`, role]));
}

/** Pages that not every role may see, with the lowest role that may. */
export function guardedPages(): Map<string, string> {
  const rows = readFileSync(TABLE, 'utf8').matchAll(/\(\s*"(\/[\w/-]+)",\s*(Viewer|Support|Admin|Owner)\)/g);
  return new Map([...rows].map(([, address, role]) => [address, role]));
}

/** True where a role (as the database calls it) may what the lowest role may. */
export function may(role: string, lowest: string): boolean {
  const rank = (word: string) => ROLES.findIndex((known) => known.toLowerCase() === word.toLowerCase());
  if (rank(role) < 0 || rank(lowest) < 0) throw new Error(`no such role: ${role}, ${lowest}`);
  return rank(role) >= rank(lowest);
}
