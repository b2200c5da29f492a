import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { commandOutput } from './commandOutput';
import { fingerprint } from './fingerprint';

/**
 * Which machine this is, as 12 hex digits, so that a data folder on a shared home holds one identity a
 * machine. Hashed, because machine-id(5) asks not to expose the id itself.
 */
export const machineId = (): string => {
  cached ??= fingerprint(`holdfast:${rawMachineId()}`);
  return cached;
};

let cached: string | undefined;

const rawMachineId = (): string => {
  switch (process.platform) {
    case 'linux':
      return firstFile('/etc/machine-id', '/var/lib/dbus/machine-id') ?? hostname();
    case 'darwin':
      return firstMatch(
        '/usr/sbin/ioreg',
        ['-rd1', '-c', 'IOPlatformExpertDevice'],
        /"IOPlatformUUID" = "([^"]+)"/,
      );
    case 'win32':
      return firstMatch(
        'reg.exe',
        ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'],
        /MachineGuid\s+REG_SZ\s+(\S+)/,
      );
    default:
      return hostname();
  }
};

const firstFile = (...paths: readonly string[]): string | undefined => {
  for (const path of paths) {
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text !== '') {
        return text;
      }
    } catch {
      // Absent in many containers: the next one, then the host name.
    }
  }
  return undefined;
};

/** Where the tool is missing or slow, the host name identifies well enough. */
const firstMatch = (command: string, args: readonly string[], pattern: RegExp): string =>
  pattern.exec(commandOutput(command, args) ?? '')?.[1] ?? hostname();
