import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseAllDocuments } from "yaml"
import { listOf, objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { root } from "../house/imports.ts"

export const deployPath = (path: string): string => join(root, "deploy", path)

export const textIn = (path: string): string => readFileSync(deployPath(path), "utf8")

/** Returns the documents of a YAML text. */
export const documentsOf = (text: string): ReadonlyArray<Json> =>
  parseAllDocuments(text, { merge: true }).map((document): Json => document.toJS())

/** Returns the only document of a file in `deploy`. */
export const documentIn = (path: string): Json => documentsOf(textIn(path))[0] ?? null

/** Returns the value at a path; `undefined` when it is absent. */
export const at = (value: Json | undefined, ...path: ReadonlyArray<string | number>): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, step) => (typeof step === "number" ? listOf(inner)?.[step] : objectOf(inner)?.[step]),
    value
  )

/** Returns the items at a path; none when no list is there. */
export const itemsAt = (value: Json | undefined, ...path: ReadonlyArray<string | number>): ReadonlyArray<Json> =>
  listOf(at(value, ...path)) ?? []

export const textAt = (value: Json | undefined, ...path: ReadonlyArray<string | number>): string =>
  String(at(value, ...path))

/** Returns the keys of the object at a path. */
export const keysAt = (value: Json | undefined, ...path: ReadonlyArray<string | number>): ReadonlyArray<string> =>
  Object.keys(objectOf(at(value, ...path)) ?? {})

/** Returns the object of one kind and name among the documents. */
export const resource = (documents: ReadonlyArray<Json>, kind: string, name: string): Json | undefined =>
  documents.find((one) => at(one, "kind") === kind && at(one, "metadata", "name") === name)

const units: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** Returns the bytes of `512m`, `512Mi`, `512M` or `512mb`, as Compose, Kubernetes, systemd and Redis write them. */
export const bytesOf = (text: string): number => {
  const [, count, unit = ""] = /^(\d+)([kmg])(?:i|b)?$/i.exec(text) ?? []
  return Number(count) * (units[unit.toLowerCase()] ?? Number.NaN)
}

/** Returns the values of a setting in a file of lines such as `maxmemory 512mb` or `LoadCredential=a:b`. */
export const settings = (text: string, name: string): ReadonlyArray<string> =>
  text.split("\n").flatMap((line) => {
    const [found, value] = [line.slice(0, name.length), line.slice(name.length)]
    return found === name && /^[ =]/.test(value) ? [value.slice(1).trim()] : []
  })

/** The configuration files of `deploy`, each with the platform that runs it. */
export const configurations = {
  compose: "compose/comporta.yaml",
  staging: "kubernetes/overlays/staging/comporta.yaml",
  production: "kubernetes/overlays/production/comporta.yaml",
  cloudRun: "cloud-run/comporta.yaml",
  cloudRunInternal: "cloud-run/comporta-internal.yaml",
  systemd: "systemd/comporta.yaml"
} as const
