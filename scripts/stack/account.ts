import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** The operating-system user that a part runs as. */
export interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: root hands it to the first of these users that exists. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

/**
 * The user for PostgreSQL; undefined means "as we are", because we are not root. A cluster that exists is
 * run by its owner: an ordinary user may have made it.
 */
export function postgresAccount(cluster: string, uid = process.getuid?.()): Account | undefined {
  if (uid !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const user of UNPRIVILEGED_USERS) {
    const id = (flag: string) =>
      Number.parseInt(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout, 10);
    const account = { uid: id('-u'), gid: id('-g') };
    if (account.uid > 0 && account.gid > 0) return account;
  }
  throw new Error(
    `PostgreSQL does not run as root, and this machine has none of the users ${UNPRIVILEGED_USERS.join(', ')}. ` +
      'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

/** Whether the user can enter the folder; a parent that only root can enter makes this false. */
export function canEnter(folder: string, account: Account | undefined): boolean {
  if (!account) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/' }).status === 0;
}
