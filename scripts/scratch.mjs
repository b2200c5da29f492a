/**
 * A temporary folder for one test program, which has to leave it empty: what editors, shells and tools put beside a test's own
 * folders is seen here, and goes away, instead of filling the machine's.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What ends with a test program's last processes may go a moment after it. */
const GRACE_MS = 5000;
const POLL_MS = 100;

/** tsx's cache of what it has compiled: kept where it is, since each test program would compile everything again. */
const TSX_CACHE = `tsx-${process.geteuid?.() ?? ''}`;

export class Scratch {
  /** Short, as prompts and sockets have it in them. Elsewhere than on Linux a longer path would be too long for sockets, and programs ask other variables. */
  #folder = process.platform === 'linux' ? fs.mkdtempSync(path.join(os.tmpdir(), 'hf')) : undefined;

  constructor() {
    if (this.#folder === undefined) return;
    // As the machine's is: tests start programs of other users.
    fs.chmodSync(this.#folder, 0o755);
    const cache = path.join(os.tmpdir(), TSX_CACHE);
    fs.mkdirSync(cache, { recursive: true });
    fs.symlinkSync(cache, path.join(this.#folder, TSX_CACHE));
  }

  /** What makes a program use it; an editor puts its sockets into XDG_RUNTIME_DIR where there is one. */
  get environment() {
    if (this.#folder === undefined) return {};
    return { TMPDIR: this.#folder, XDG_RUNTIME_DIR: undefined };
  }

  /** @returns {Promise<string[]>} what is in it although the program has ended */
  async leftovers() {
    const deadline = Date.now() + GRACE_MS;
    let left = this.#listed();
    while (left.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      left = this.#listed();
    }
    return left;
  }

  /** Ends what a program has left running, such as its daemons: by its environment, which has this folder. */
  endPrograms() {
    if (this.#folder === undefined) return;
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        if (environment.includes(`TMPDIR=${this.#folder}`)) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended by itself, or is another user's.
      }
    }
  }

  remove() {
    if (this.#folder === undefined) return;
    try {
      // What was killed may still be about to go.
      fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: POLL_MS });
    } catch {
      // Something still writes into it. That it was left there has been told; the other tests go on.
    }
  }

  #listed() {
    return this.#folder === undefined
      ? []
      : fs.readdirSync(this.#folder).filter((name) => name !== TSX_CACHE);
  }
}
