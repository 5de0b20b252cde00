import { readFileSync } from "node:fs"
import process from "node:process"

/** A mapping of a file whose bytes are executed: addresses, rights, offset, device, inode, path. */
const executed = /^\S+ ..x. \S+ \S+ \d+ +(\/.*)$/gm

/** Returns the path of a mapping without the mark of the kernel for a file that was deleted since. */
const pathOf = (mapped: string) => mapped.replace(/ \(deleted\)$/, "")

/**
 * Returns the native libraries that are mapped into the process, without Node itself; none where the system has no `/proc`. At
 * the start of the process they are those of the loader, of preloading and of the configuration of OpenSSL. Uses no library,
 * since it runs before the first one is loaded.
 */
export const mappedLibraries = (): ReadonlyArray<string> => {
  try {
    const maps = readFileSync("/proc/self/maps", "utf8")
    const paths = Array.from(maps.matchAll(executed), ([, path = ""]) => pathOf(path))
    return [...new Set(paths)].filter((path) => path !== process.execPath)
  } catch {
    return []
  }
}
