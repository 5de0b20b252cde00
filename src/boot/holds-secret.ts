/** Minimum bytes of a secret that is searched for: a shorter one would match by chance (G44). */
const tellingBytes = 12

/** Quotes, escapes and line folds that a shell, YAML or an env file may put into a value. */
const quoting = /[\\'"`\s]/g

const bare = (text: string) => text.replace(quoting, "")

const decoded = (text: string) =>
  text
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const urlSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_")

/** Returns the base64 characters of a secret within a longer text, for each of its three possible alignments. */
const inBase64 = (secret: string) =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
    const whole = bytes.length - (bytes.length % 3)
    return urlSafe(
      bytes
        .subarray(0, whole)
        .toString("base64")
        .slice(before === 0 ? 0 : 4)
    )
  })

/** Returns a function that finds known secrets in a text: plain, quoted, escaped, folded, in base64 or in hexadecimal. */
export const secretFinder = (secrets: ReadonlyArray<string>) => {
  const known = secrets
    .flatMap((secret) => [secret, secret.replace(/^whsec_/, "")])
    .filter((secret) => Buffer.byteLength(secret) >= tellingBytes)
  const plain = [...new Set(known)]
  const stripped = plain.map(bare).filter((secret) => Buffer.byteLength(secret) >= tellingBytes)
  const base64 = plain.flatMap(inBase64)
  const hexadecimal = plain.map((secret) => Buffer.from(secret).toString("hex"))
  const isIn = (text: string) => (form: string) => text.includes(form)

  return (text: string): boolean => {
    const [joined, open] = [bare(text), decoded(text)]
    return (
      plain.some(isIn(text)) ||
      stripped.some(isIn(joined)) ||
      plain.some(isIn(open)) ||
      stripped.some(isIn(bare(open))) ||
      base64.some(isIn(urlSafe(joined))) ||
      hexadecimal.some(isIn(joined.toLowerCase()))
    )
  }
}

const swapped = (bytes: Buffer) => Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16()

/** Returns the texts that the bytes may be: UTF-8, and UTF-16 of both orders when there is a zero byte or a byte order mark. */
export const textsIn = (given: Uint8Array): ReadonlyArray<string> => {
  const bytes = Buffer.from(given)
  const utf8 = bytes.toString("utf8")
  const wide = bytes.includes(0) || /^(fffe|feff)/.test(bytes.subarray(0, 2).toString("hex"))
  if (!wide) return [utf8]
  const halves = [bytes, bytes.subarray(1)]
  return [
    utf8,
    utf8.replaceAll("\0", ""),
    ...halves.flatMap((half) => [half.toString("utf16le"), swapped(half).toString("utf16le")])
  ]
}
