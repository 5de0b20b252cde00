import { readFileSync, realpathSync } from "node:fs"
import { registerHooks } from "node:module"
import process from "node:process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { mappedLibraries } from "./libraries.ts"

/** Refuses a file by an error; returns nothing for a file that may be loaded. */
type Judge = (url: string, bytes: Uint8Array) => void

/** The files that Node's loader loads, from the start of the process on. */
export interface Loads {
  /** The folder of the program, with a slash at its end. */
  readonly folder: string
  /** The bytes of `manifest.json` in that folder; none when they cannot be read. Absent for a run from source. */
  readonly manifest?: Uint8Array
  /** URL of the file that Node was started with, links resolved. Node loads it before the first line of this program. */
  readonly entry?: string
  /** Native libraries that were mapped into the process when this program began, without Node itself. */
  readonly libraries: ReadonlyArray<string>
  /** Returns the bytes of the files that were loaded so far, by URL, and forgets them. */
  readonly take: () => ReadonlyMap<string, Uint8Array>
  /** Judges the bytes of each further file before they are evaluated. Without a judge, forgets the files. */
  readonly judge: (judge: Judge | undefined) => void
}

/** Returns the manifest of a built program. A source is a `.ts` file, so a build without a manifest is no run from source. */
const manifestBeside = (url: string): Uint8Array | undefined => {
  if (url.endsWith(".ts")) return undefined
  try {
    return readFileSync(new URL("manifest.json", url))
  } catch {
    return new Uint8Array()
  }
}

/** Returns the URL of a file with its links resolved. Returns `undefined` when there is no such file. */
const resolved = (path: string | undefined): string | undefined => {
  if (path === undefined) return undefined
  try {
    return pathToFileURL(realpathSync(path)).href
  } catch {
    return undefined
  }
}

const bytesOf = (source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined, url: string): Uint8Array => {
  if (typeof source === "string") return Buffer.from(source)
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (source === null || source === undefined) return readFileSync(fileURLToPath(url))
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}

/** Calls `judge` before a native addon is loaded. The hooks of Node's loader are not called for one. */
const followAddons = (judge: (path: string) => void): void => {
  const open = process.dlopen
  process.dlopen = (module, path, ...flags) => {
    judge(path)
    open(module, path, ...flags)
  }
}

/**
 * Follows the loads of a built program, whose `manifest.json` is beside the module `url`. The bytes that were judged are those
 * that Node evaluates, so a file cannot change between. `started` is the path of the file that Node was started with. A run
 * from source is not followed. Uses no library, since it runs before the first one is loaded.
 */
export const followLoads = (url: string, started: string | undefined = process.argv[1]): Loads => {
  const folder = new URL(".", url).href
  const manifest = manifestBeside(url)
  const entry = resolved(started)
  let loaded = new Map<string, Uint8Array>()
  let judged: Judge | undefined = (at, bytes) => void loaded.set(at, bytes)
  if (manifest !== undefined) {
    followAddons((path) => judged?.(pathToFileURL(path).href, readFileSync(path)))
    registerHooks({
      load: (at, context, next) => {
        const found = next(at, context)
        if (judged === undefined || !at.startsWith("file:")) return found
        const bytes = bytesOf(found.source, at)
        judged(at, bytes)
        return found.source === null || found.source === undefined ? { ...found, source: bytes } : found
      }
    })
  }
  return {
    folder,
    libraries: mappedLibraries(),
    ...(manifest === undefined ? {} : { manifest }),
    ...(entry === undefined ? {} : { entry }),
    take: () => {
      const taken = loaded
      loaded = new Map()
      return taken
    },
    judge: (judge) => {
      judged = judge
      if (judge === undefined) loaded = new Map()
    }
  }
}
