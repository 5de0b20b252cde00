import { readdir, readFile, stat } from "node:fs/promises"
import { dirname, join } from "node:path"

interface Package {
  readonly directory: string
  readonly name: string
  readonly version: string
  readonly license: string
  readonly author: string
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

const nameIn = (author: unknown): string =>
  typeof author === "object" && author !== null && "name" in author ? textOf(author.name) : textOf(author)

/** Returns the package that a file belongs to; `undefined` for a file of this repository. */
const packageOf = async (file: string): Promise<Package | undefined> => {
  if (!file.includes("/node_modules/")) return undefined
  let directory = dirname(file)
  while (directory.includes("/node_modules/")) {
    const text = await readFile(join(directory, "package.json"), "utf8").catch(() => "{}")
    const { name, version, license, author } = JSON.parse(text)
    if (typeof name === "string" && typeof version === "string") {
      return { directory, name, version, license: textOf(license), author: nameIn(author) }
    }
    directory = dirname(directory)
  }
  return undefined
}

const isLicense = (file: string) => /^(licen[cs]e|copying|notice)/i.test(file)

const mit = (holder: string) => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

/** Returns the license of a package that is published without a license file, by the license's name. */
const unshipped = ({ name, license, author }: Package): string => {
  if (license === "MIT") return mit(author === "" ? `the authors of ${name}` : author)
  if (license === "Apache-2.0")
    return "Licensed under the Apache License, Version 2.0: the file LICENSE beside this folder."
  throw new Error(`${name} ships no license and names none that is known here: ${license}`)
}

const licenseOf = async (one: Package): Promise<string> => {
  const files = (await readdir(one.directory)).filter(isLicense).toSorted()
  const paths = files.map((file) => join(one.directory, file))
  const kept = await Promise.all(paths.map(async (path) => ((await stat(path)).isFile() ? readFile(path, "utf8") : "")))
  const text = kept.map((each) => each.trim()).filter((each) => each !== "")
  return text.length === 0 ? unshipped(one) : text.join("\n\n")
}

const rule = "-".repeat(80)

/** Returns the notices for a bundle: each package that its files come from, with its license. */
export const noticesOf = async (files: Iterable<string>): Promise<string> => {
  const found = new Map<string, Package>()
  for (const file of files) {
    const one = await packageOf(file)
    if (one !== undefined) found.set(`${one.name} ${one.version}`, one)
  }
  const names = [...found].toSorted(([left], [right]) => (left < right ? -1 : 1))
  const parts = await Promise.all(
    names.map(async ([name, one]) => `${rule}\n${name} (${one.license})\n${rule}\n\n${await licenseOf(one)}\n`)
  )
  return `This program contains the following packages.\n\n${parts.join("\n")}`
}
