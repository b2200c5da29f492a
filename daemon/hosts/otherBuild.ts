import { PROTOCOL } from '../protocol/hello';
import type { HostRecord } from '../protocol/host';
import type { OtherProtocol } from '../protocol/model';

/** The build of a PTY host that answers, and with which there is no protocol in common. */
export interface OtherBuild {
  readonly version: string;
  readonly protocol: OtherProtocol;
}

/** The build that has written a PTY host's record, or undefined when by the record it could be talked to. */
export const otherBuildOf = ({ version, protocol }: Partial<HostRecord>): OtherBuild | undefined => {
  if (typeof version !== 'string' || typeof protocol?.min !== 'number' || typeof protocol.max !== 'number') {
    return undefined;
  }
  if (protocol.min > PROTOCOL.max) {
    return { version, protocol: 'newer' };
  }
  return protocol.max < PROTOCOL.min ? { version, protocol: 'older' } : undefined;
};

/** What keeps the daemon from a PTY host, in words that follow its name; `build` is undefined when it is silent. */
export const obstacle = (build: OtherBuild | undefined): string =>
  build === undefined
    ? 'does not answer'
    : `is of ${build.protocol === 'newer' ? 'a newer' : 'an older'} Holdfast (${build.version}), with which this one has no protocol in common`;

/** What to do about it, as the beginning of a sentence. */
export const wayOut = (build: OtherBuild | undefined): string => {
  if (build === undefined) {
    return 'Wait and try again';
  }
  return build.protocol === 'newer'
    ? 'Update Holdfast here, or use the newer one'
    : `Use Holdfast ${build.version} for it`;
};
