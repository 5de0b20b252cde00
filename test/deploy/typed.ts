import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Json } from "../../src/domain/json.ts"
import { root } from "../house/imports.ts"
import { textAt } from "./files.ts"

const types: Readonly<Record<string, string>> = {
  "v1 ConfigMap": 'import("kubernetes-types/core/v1").ConfigMap',
  "v1 Namespace": 'import("kubernetes-types/core/v1").Namespace',
  "v1 Secret": 'import("kubernetes-types/core/v1").Secret',
  "v1 Service": 'import("kubernetes-types/core/v1").Service',
  "v1 ServiceAccount": 'import("kubernetes-types/core/v1").ServiceAccount',
  "apps/v1 Deployment": 'import("kubernetes-types/apps/v1").Deployment',
  "apps/v1 StatefulSet": 'import("kubernetes-types/apps/v1").StatefulSet',
  "batch/v1 Job": 'import("kubernetes-types/batch/v1").Job',
  "networking.k8s.io/v1 Ingress": 'import("kubernetes-types/networking/v1").Ingress',
  "networking.k8s.io/v1 NetworkPolicy": 'import("kubernetes-types/networking/v1").NetworkPolicy',
  "policy/v1 PodDisruptionBudget": 'import("kubernetes-types/policy/v1").PodDisruptionBudget',
  "serving.knative.dev/v1 Service": "Revisions",
  "run.googleapis.com/v1 Job": "Executions"
}

/** Kinds of operators that others install. No type of theirs is checked. */
const foreign = new Set(["external-secrets.io/v1 ExternalSecret", "secrets-store.csi.x-k8s.io/v1 SecretProviderClass"])

/** The kinds of Cloud Run: pods of Kubernetes with members of their own. */
const ofCloudRun = `
import type { Container, Volume } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
interface Instances { serviceAccountName: string; timeoutSeconds: number; containers: Array<Container>; volumes: Array<Volume> }
interface Of<Spec> { metadata: ObjectMeta; spec: Spec }
interface Revisions extends Of<{ template: Of<Instances & { containerConcurrency: number }> }> { apiVersion: "serving.knative.dev/v1"; kind: "Service" }
interface Task extends Omit<Instances, "timeoutSeconds"> { maxRetries: number; timeoutSeconds: string }
interface Executions extends Of<{ template: Of<{ taskCount: number; template: { spec: Task } }> }> { apiVersion: "run.googleapis.com/v1"; kind: "Job" }
`

/** Returns the mistakes that the compiler finds in documents of Kubernetes and Cloud Run, each with the kind of its document. */
export const mistakesIn = (documents: ReadonlyArray<Json>): ReadonlyArray<string> => {
  const kinds = documents.map((one) => `${textAt(one, "apiVersion")} ${textAt(one, "kind")}`)
  const directory = mkdtempSync(join(tmpdir(), "comporta-typed-"))
  try {
    const lines = documents.flatMap((document, index) => {
      const kind = kinds[index] ?? ""
      if (foreign.has(kind)) return []
      return [`export const d${index}: ${types[kind] ?? "never"} = ${JSON.stringify(document)}`]
    })
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
    writeFileSync(join(directory, "documents.ts"), [ofCloudRun, ...lines, ""].join("\n"))
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        join(root, "node_modules/typescript/bin/tsc"),
        "--noEmit",
        "--strict",
        "--pretty",
        "false",
        "--module",
        "nodenext",
        "--skipLibCheck",
        "--types",
        "node",
        "documents.ts"
      ],
      { cwd: directory, encoding: "utf8" }
    )
    const said = stdout.split("\n").filter((line) => /error TS/.test(line))
    return status === 0 || said.length > 0 ? said : [stdout]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
