import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'

/**
 * Whether process `pid` is one of our own user, has a file of `directory` open and listens at `port`, as the collector of that
 * directory does. A directory from somebody else may name any process and any address: neither is believed without this.
 */
export async function ownsFolder(pid: number, directory: string, port: number): Promise<boolean> {
  try {
    const [own, theirs] = await Promise.all([stat('/proc/self'), stat(`/proc/${pid}`)])
    if (own.uid !== theirs.uid) return false
    const opened = await openFiles(pid)
    const folder = (await realpath(directory)) + sep
    if (!opened.some((file) => file.startsWith(folder))) return false
    const tables = await Promise.all(
      ['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'utf8').catch(() => '')),
    )
    return listeningSockets(tables.join('\n'), port).some((inode) => opened.includes(`socket:[${inode}]`))
  } catch {
    // The process has ended, or is not ours to look at.
    return false
  }
}

async function openFiles(pid: number): Promise<readonly string[]> {
  const numbers = await readdir(`/proc/${pid}/fd`)
  return Promise.all(numbers.map((number) => readlink(`/proc/${pid}/fd/${number}`).catch(() => '')))
}

/** State of a socket that listens, in the kernel's table. */
const LISTENS = '0A'

/** Inodes of the sockets that listen at a port: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`. */
function listeningSockets(table: string, port: number): readonly string[] {
  const columns = table.split('\n').map((line) => line.trim().split(/\s+/))
  return columns.flatMap(([, local = '', , state, , , , , , inode]) =>
    state === LISTENS && parseInt(local.split(':')[1] ?? '', 16) === port && inode !== undefined ? [inode] : [],
  )
}
