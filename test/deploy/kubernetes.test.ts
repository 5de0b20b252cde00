import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { at, configurations, documentIn, itemsAt, resource, textAt, textIn } from "./files.ts"
import { manifests, noKubectl } from "./kustomize.ts"
import { cloudRun, named, podOf } from "./platforms.ts"
import { mistakesIn } from "./typed.ts"

const configMapOf = (documents: ReadonlyArray<Json>, workload: Json | undefined) => {
  const name = textAt(named(itemsAt(podOf(workload), "volumes"), "configuration"), "configMap", "name")
  return { name, text: textAt(resource(documents, "ConfigMap", name), "data", "comporta.yaml") }
}

describe.skipIf(noKubectl)("manifests of Kubernetes", () => {
  it.live("each overlay builds, and each of its documents has the type of its kind", () =>
    Effect.gen(function* () {
      const { build, write } = yield* manifests
      write(
        "overlays/csi/kustomization.yaml",
        "resources: [../production]\ncomponents: [../../components/store-init, ../../components/secrets-csi]\n"
      )
      for (const overlay of ["staging", "staging-init", "production", "csi"]) {
        assert.deepStrictEqual(mistakesIn(build(overlay)), [], overlay)
      }
    })
  )

  it.live("a pod mounts the file of its overlay under a name that changes with the file", () =>
    Effect.gen(function* () {
      const { build, write } = yield* manifests
      const mounted = () => {
        const documents = build("staging-init")
        const found = [
          configMapOf(documents, resource(documents, "Deployment", "comporta")),
          configMapOf(documents, resource(documents, "Job", "comporta-store-init"))
        ]
        assert.deepStrictEqual(found[0], found[1])
        return found[0]
      }
      const [path, text] = [configurations.staging.replace(/^kubernetes\//, ""), textIn(configurations.staging)]
      const before = mounted()
      assert.strictEqual(before?.text, text)
      write(path, text.replace("rate: 0.2", "rate: 0.1"))
      const after = mounted()
      assert.include(after?.text, "rate: 0.1")
      assert.notStrictEqual(after?.name, before?.name)
      write(path, text)
      assert.strictEqual(mounted()?.name, before?.name)
    })
  )

  it.live("the secrets keep their name, so that a rotation needs no rollout", () =>
    Effect.gen(function* () {
      const { build, directory } = yield* manifests
      const documents = build("staging")
      const secret = resource(documents, "Secret", "comporta-secrets")
      const pepper = readFileSync(join(directory, "kubernetes/overlays/staging/secrets/store/pepper"), "utf8")
      assert.strictEqual(Buffer.from(textAt(secret, "data", "store--pepper"), "base64").toString(), pepper)
      const users = Buffer.from(textAt(resource(documents, "Secret", "comporta-redis"), "data", "users.acl"), "base64")
      assert.match(users.toString(), /^user comporta reset on #[0-9a-f]{64} ~comporta:\* /m)
    })
  )

  it.live("no pod mounts a secret of Kubernetes if the CSI driver mounts them", () =>
    Effect.gen(function* () {
      const { build, write } = yield* manifests
      write(
        "overlays/csi/kustomization.yaml",
        "resources: [../production]\ncomponents: [../../components/store-init, ../../components/secrets-csi]\n"
      )
      const documents = build("csi")
      for (const workload of [
        resource(documents, "Deployment", "comporta"),
        resource(documents, "Job", "comporta-store-init")
      ]) {
        const volume = named(itemsAt(podOf(workload), "volumes"), "secrets")
        assert.strictEqual(at(volume, "csi", "volumeAttributes", "secretProviderClass"), "comporta")
        assert.isUndefined(at(volume, "secret"))
        assert.strictEqual(at(podOf(workload), "serviceAccountName"), "comporta")
      }
    })
  )

  it.live("the gateway of an overlay has the image, the replicas and the environment of that overlay", () =>
    Effect.gen(function* () {
      const { build } = yield* manifests
      for (const overlay of ["staging", "production"]) {
        const documents = build(overlay)
        const deployment = resource(documents, "Deployment", "comporta")
        const kustomization = documentIn(`kubernetes/overlays/${overlay}/kustomization.yaml`)
        const { newName, newTag } = {
          newName: textAt(kustomization, "images", 0, "newName"),
          newTag: textAt(kustomization, "images", 0, "newTag")
        }
        assert.strictEqual(textAt(podOf(deployment), "containers", 0, "image"), `${newName}:${newTag}`)
        assert.include(configMapOf(documents, deployment).text, `environment: ${overlay}\n`)
        const scoped = documents.filter((one) => at(one, "kind") !== "Namespace")
        for (const one of scoped) assert.strictEqual(at(one, "metadata", "namespace"), `comporta-${overlay}`)
      }
    })
  )
})

describe("types of Kubernetes", () => {
  it("the files of Cloud Run have the types of their kinds", () => {
    assert.deepStrictEqual(mistakesIn(Object.values(cloudRun)), [])
  })

  it.each<readonly [string, Json]>([
    [
      "an unknown key",
      { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: 1, targetport: 1 }] } }
    ],
    ["a value of another kind", { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: 1 } }],
    ["a kind without a type", { apiVersion: "v1", kind: "Pods" }]
  ])("the compiler finds %s", (_, document) => {
    assert.lengthOf(mistakesIn([document]), 1)
  })
})
