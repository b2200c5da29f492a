import type { SystemFiles } from './systemFiles';

/** The unit of systemd that a process ends with: a login session's scope, or its user's own systemd. */
export interface Unit {
  readonly kind: 'session' | 'user';
  /** Such as `session-3.scope` or `user@1000.service`. */
  readonly name: string;
}

/** By the process's control group (v2 and v1); undefined where it is in neither, as on machines without systemd. */
export const unitOf = (files: SystemFiles, pid: number | 'self'): Unit | undefined => {
  const groups = files.text(`/proc/${pid}/cgroup`);
  const session = /\/(session-[^/\s]+\.scope)(?:\/|$)/m.exec(groups)?.[1];
  if (session !== undefined) {
    return { kind: 'session', name: session };
  }
  const user = /\/(user@\d+\.service)(?:\/|$)/m.exec(groups)?.[1];
  return user === undefined ? undefined : { kind: 'user', name: user };
};
