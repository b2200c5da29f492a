/**
 * Compares versions as semver.org §11 orders them; build metadata does not count.
 * @returns negative when `a` is older, positive when it is newer, 0 when neither.
 */
export const compareVersions = (a: string, b: string): number => {
  const left = parse(a);
  const right = parse(b);
  for (let i = 0; i < 3; i++) {
    const difference = (left.core[i] ?? 0) - (right.core[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  if (left.pre.length === 0 || right.pre.length === 0) {
    // A release is newer than its own pre-releases.
    return right.pre.length - left.pre.length;
  }
  for (let i = 0; i < Math.max(left.pre.length, right.pre.length); i++) {
    const difference = compareIdentifiers(left.pre[i], right.pre[i]);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
};

const parse = (version: string): { readonly core: readonly number[]; readonly pre: readonly string[] } => {
  const [bare = ''] = version.trim().replace(/^v/, '').split('+');
  const dash = bare.indexOf('-');
  const core = (dash < 0 ? bare : bare.slice(0, dash))
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
  return { core, pre: dash < 0 ? [] : bare.slice(dash + 1).split('.') };
};

const compareIdentifiers = (a: string | undefined, b: string | undefined): number => {
  if (a === undefined || b === undefined) {
    return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  }
  const numericA = /^\d+$/.test(a);
  const numericB = /^\d+$/.test(b);
  if (numericA && numericB) {
    return Number(a) - Number(b);
  }
  if (numericA !== numericB) {
    return numericA ? -1 : 1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
};
