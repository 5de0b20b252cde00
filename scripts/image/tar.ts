/** A file, folder or link of a layer, with everything that its digest depends on. */
export interface Entry {
  readonly path: string
  /** The type flag of the header: `0` a file, `5` a folder, `2` a symbolic link, `1` a hard link. */
  readonly type: string
  readonly mode: number
  readonly owner: string
  /** Seconds since 1970, as written. */
  readonly time: string
  readonly link: string
  /** The extended headers, such as `mtime` and `SCHILY.xattr.*`. */
  readonly extended: Readonly<Record<string, string>>
  readonly content: Buffer
}

const block = 512

const textAt = (header: Buffer, from: number, length: number): string =>
  header.toString("utf8", from, from + length).replace(/\0.*$/s, "")

const octalAt = (header: Buffer, from: number, length: number): number =>
  Number.parseInt(textAt(header, from, length).trim() || "0", 8)

/** Returns the records of an extended header: each is `length name=value\n`. */
const recordsOf = (content: Buffer): Readonly<Record<string, string>> => {
  const records: Record<string, string> = {}
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(" ", at)
    const length = Number(content.toString("utf8", at, space))
    const record = content.toString("utf8", space + 1, at + length - 1)
    const equals = record.indexOf("=")
    records[record.slice(0, equals)] = record.slice(equals + 1)
    at += length
  }
  return records
}

/** Returns every entry of an uncompressed layer, in order. */
export const entriesOf = (tar: Buffer): ReadonlyArray<Entry> => {
  const entries: Array<Entry> = []
  let extended: Readonly<Record<string, string>> = {}
  let longPath: string | undefined
  let longLink: string | undefined
  for (let at = 0; at + block <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + block)
    const type = textAt(header, 156, 1) || "0"
    const size = Number(extended["size"] ?? octalAt(header, 124, 12))
    const content = tar.subarray(at + block, at + block + size)
    at += block + Math.ceil(size / block) * block
    if (type === "x") extended = recordsOf(content)
    else if (type === "L") longPath = textAt(content, 0, size)
    else if (type === "K") longLink = textAt(content, 0, size)
    else if (type !== "g") {
      const prefix = textAt(header, 257, 6) === "ustar" ? textAt(header, 345, 155) : ""
      const short = textAt(header, 0, 100)
      entries.push({
        path: extended["path"] ?? longPath ?? (prefix === "" ? short : `${prefix}/${short}`),
        type,
        mode: octalAt(header, 100, 8),
        owner: `${octalAt(header, 108, 8)}:${octalAt(header, 116, 8)}`,
        time: extended["mtime"] ?? String(octalAt(header, 136, 12)),
        link: extended["linkpath"] ?? longLink ?? textAt(header, 157, 100),
        extended,
        content
      })
      extended = {}
      longPath = undefined
      longLink = undefined
    }
  }
  return entries
}

/** Returns the digits of a digest without the name of its function. */
export const hexOf = (digest: string): string => digest.replace("sha256:", "")
