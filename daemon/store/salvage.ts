import type { LoggedChange } from './logFormat';
import { migrationsFrom } from './migrations';
import type { SqlDatabase, SqlValue, Statement } from './sqlite';

const VERSION_SET = /^PRAGMA user_version = (\d+)$/;
const ROW_PUT = /^INSERT INTO (sessions|terminals) \(([^)]*)\)/;

/**
 * Applies changes that stand behind one that is lost. A change puts whole rows, so it needs none that was made to them
 * before; what it may need is made: tables by the migrations that this build knows, a name by giving another one to the
 * row that has it and should long be gone. What can't be applied all the same is left out.
 * @returns what was applied, to be logged in place of them
 */
export const applyBehind = (
  database: SqlDatabase,
  changes: readonly LoggedChange[],
  migrations: readonly (readonly string[])[],
): readonly LoggedChange[] => {
  const applied: LoggedChange[] = [];
  const apply = (change: LoggedChange): boolean => {
    try {
      database.applyAll(change);
    } catch {
      return false;
    }
    applied.push(change);
    return true;
  };
  const migrate = (version: number): void => {
    migrationsFrom(database.userVersion, migrations.slice(0, version)).forEach(apply);
  };
  for (const change of changes) {
    const version = versionSet(change);
    if (version !== undefined) {
      if (version > migrations.length) {
        // Of a newer build: a store of its version is refused, whatever else is in it.
        apply([[`PRAGMA user_version = ${version}`, []]]);
      }
      migrate(version);
    } else if (!apply(change)) {
      migrate(migrations.length);
      if (!apply(change)) {
        apply([...change.flatMap(makeRoom), ...change]);
      }
    }
  }
  return applied;
};

/** Whether all that these changes do is to make tables. */
export const areMigrations = (changes: readonly LoggedChange[]): boolean =>
  changes.every((change) => versionSet(change) !== undefined);

const versionSet = (change: LoggedChange): number | undefined => {
  const version = change.map(([sql]) => VERSION_SET.exec(sql)?.[1]).find((found) => found !== undefined);
  return version === undefined ? undefined : Number(version);
};

/** Takes the name of the row that is put from any other row: two can't have it. */
const makeRoom = ([sql, values]: Statement): readonly Statement[] => {
  const [, table, columns] = ROW_PUT.exec(sql) ?? [];
  if (table === undefined || columns === undefined) {
    return [];
  }
  const names = columns.split(', ');
  const valueIn = (name: string): SqlValue => values[names.indexOf(name)] ?? null;
  const update = `UPDATE ${table} SET name = 'recovered-' || substr(id, 1, 8) WHERE name = ? AND id <> ?`;
  return table === 'sessions'
    ? [[update, [valueIn('name'), valueIn('id')]]]
    : [[`${update} AND session = ?`, [valueIn('name'), valueIn('id'), valueIn('session')]]];
};
