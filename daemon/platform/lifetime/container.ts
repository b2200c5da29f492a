import type { SystemFiles } from './systemFiles';

/** What holds a system that stops as a whole, with every program in it. */
export type Container =
  | 'codespaces'
  | 'devcontainer'
  | 'wsl'
  | 'docker'
  | 'podman'
  | 'kubernetes'
  | 'container';

/** What containers begin with, where a machine has its init. */
const CONTAINER_INITS: ReadonlySet<string> = new Set([
  ...['tini', 'docker-init', 'dumb-init', 'catatonit', 'pause', 's6-svscan'],
  ...['sh', 'bash', 'sleep', 'tail', 'node'],
]);

/** @param env of a process that an editor or a shell has started: only there it is told which kind of container it is */
export const containerOf = (files: SystemFiles, env: NodeJS.ProcessEnv): Container | undefined => {
  if (env['CODESPACES'] === 'true') {
    return 'codespaces';
  }
  if (env['REMOTE_CONTAINERS'] === 'true') {
    return 'devcontainer';
  }
  if (files.has('/run/.containerenv')) {
    return 'podman';
  }
  const groups = `${files.text('/proc/1/cgroup')}${files.text('/proc/self/cgroup')}`;
  if (/\/kubepods[./-]/.test(groups) || files.has('/var/run/secrets/kubernetes.io')) {
    return 'kubernetes';
  }
  if (files.has('/.dockerenv') || /\/docker[/-]/.test(groups)) {
    return 'docker';
  }
  if (CONTAINER_INITS.has(files.text('/proc/1/comm').trim()) || /\/(lxc|machine\.slice)[./-]/.test(groups)) {
    return 'container';
  }
  // Containers on Windows run on WSL's kernel too.
  return /microsoft/i.test(files.text('/proc/sys/kernel/osrelease')) ? 'wsl' : undefined;
};
