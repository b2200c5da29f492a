/**
 * Keeps SIGUSR1, which anybody may send by mistake, from opening Node's inspector: a port through which every
 * other user of the machine could run code as us, announced in the middle of a terminal. For the process's
 * life: without a listener the signal would end it. Windows has no such signal, and nothing is done there.
 */
export const refuseInspector = (): void => {
  if (process.platform !== 'win32') {
    process.on('SIGUSR1', () => undefined);
  }
};
