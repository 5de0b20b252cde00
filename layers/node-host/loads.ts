import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

/** Refuses a file by an error; returns nothing for a file that may be loaded. */
type Judge = (url: string, bytes: Uint8Array) => void

/** The files that Node's loader loads, from the start of the process on. */
export interface Loads {
  /** The folder of the program, with a slash at its end. */
  readonly folder: string
  /** The bytes of `manifest.json` in that folder. Absent for a run from source. */
  readonly manifest?: Uint8Array
  /** Returns the bytes of the files that were loaded so far, by URL, and forgets them. */
  readonly take: () => ReadonlyMap<string, Uint8Array>
  /** Judges the bytes of each further file before they are evaluated. Without a judge, forgets the files. */
  readonly judge: (judge: Judge | undefined) => void
}

const manifestIn = (folder: string): Uint8Array | undefined => {
  try {
    return readFileSync(new URL("manifest.json", folder))
  } catch (error) {
    const absent = error instanceof Error && "code" in error && error.code === "ENOENT"
    return absent ? undefined : new Uint8Array()
  }
}

const bytesOf = (source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined, url: string): Uint8Array => {
  if (typeof source === "string") return Buffer.from(source)
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (source === null || source === undefined) return readFileSync(fileURLToPath(url))
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}

/**
 * Follows the loads of a built program, whose `manifest.json` is beside the module `url`. The bytes that were judged are those
 * that Node evaluates, so a file cannot change between. A run from source is not followed. Uses no library, since it runs
 * before the first one is loaded.
 */
export const followLoads = (url: string): Loads => {
  const folder = new URL(".", url).href
  const manifest = manifestIn(folder)
  let loaded = new Map<string, Uint8Array>()
  let judged: Judge | undefined = (at, bytes) => void loaded.set(at, bytes)
  if (manifest !== undefined)
    registerHooks({
      load: (at, context, next) => {
        const found = next(at, context)
        if (judged === undefined || !at.startsWith("file:")) return found
        const bytes = bytesOf(found.source, at)
        judged(at, bytes)
        return found.source === null || found.source === undefined ? { ...found, source: bytes } : found
      }
    })
  return {
    folder,
    ...(manifest === undefined ? {} : { manifest }),
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
