import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readConfig } from "../../src/config/read.ts"
import { secretRefs } from "../../src/config/secret-refs.ts"
import { at, configurations, deployPath, documentIn, itemsAt, keysAt, settings, textAt, textIn } from "./files.ts"

const read = (path: string) =>
  readConfig(deployPath(path)).pipe(
    Effect.map(({ config }) => config),
    Effect.provide(NodeFileSystem.layer)
  )

const secretsOf = (path: string) => Effect.map(read(path), (config) => secretRefs(config).toSorted())

/** Returns a secret's name as a platform without slashes writes it. */
const flat = (ref: string) => ref.replaceAll("/", "--")

const haveSameMembers = (found: ReadonlyArray<unknown>, expected: ReadonlyArray<unknown>, message?: string) =>
  assert.sameMembers([...found], [...expected], message)

const mountPath = "/run/secrets/comporta/"

describe("configuration files of deploy", () => {
  it.effect.each(Object.values(configurations))("the product reads deploy/%s without a mistake", (path) =>
    Effect.asVoid(read(path))
  )

  it.effect("every platform configures the same environment, runtime, callers and connectors as Compose", () =>
    Effect.gen(function* () {
      const compose = yield* read(configurations.compose)
      for (const [platform, path] of Object.entries(configurations)) {
        const { environment, api, connectors, store, server } = yield* read(path)
        const isProduction = platform === "production"
        assert.strictEqual(environment, isProduction ? "production" : "staging", path)
        const slashed = (value: unknown) => JSON.stringify(value).replaceAll("--", "/")
        assert.strictEqual(slashed(api), slashed(compose.api), path)
        assert.strictEqual(slashed(connectors), slashed(compose.connectors), path)
        assert.deepStrictEqual([store.durability, store.rate], [compose.store.durability, compose.store.rate], path)
        assert.strictEqual(server.port, compose.server.port, path)
      }
    })
  )

  it.effect("every platform has a management port of its own, but the service that is internal as a whole", () =>
    Effect.gen(function* () {
      const ports = new Map<string, number | undefined>()
      for (const [platform, path] of Object.entries(configurations)) {
        ports.set(platform, (yield* read(path)).server.management?.port)
      }
      assert.strictEqual(ports.get("cloudRunInternal"), undefined)
      ports.delete("cloudRunInternal")
      assert.deepStrictEqual([...new Set(ports.values())], [8081])
    })
  )

  it.effect("the two services of Cloud Run differ in the management port alone", () =>
    Effect.gen(function* () {
      const [open, internal] = [yield* read(configurations.cloudRun), yield* read(configurations.cloudRunInternal)]
      const { management: _, ...server } = open.server
      assert.deepStrictEqual(internal, { ...open, server })
    })
  )
})

describe("secrets of deploy", () => {
  it.effect("Compose mounts each secret that the configuration names, and no other", () =>
    Effect.gen(function* () {
      const compose = documentIn("compose/compose.yaml")
      const refs = yield* secretsOf(configurations.compose)
      for (const service of ["gateway", "store-init"]) {
        const mounted = itemsAt(compose, "services", service, "secrets")
        haveSameMembers(
          mounted.map((one) => textAt(one, "target")),
          refs.map((ref) => `${mountPath}${ref}`)
        )
        for (const one of mounted) {
          assert.strictEqual(textAt(one, "source"), flat(textAt(one, "target").slice(mountPath.length)))
        }
      }
      haveSameMembers(keysAt(compose, "secrets"), [...refs.map(flat), "users.acl"])
      for (const ref of refs) assert.strictEqual(textAt(compose, "secrets", flat(ref), "file"), `./secrets/${ref}`)
      const { secrets } = yield* read(configurations.compose)
      assert.strictEqual(secrets?.from === "files" ? `${secrets.directory}/` : "", mountPath)
    })
  )

  it.effect("Kubernetes mounts each secret that the configuration names, from files or from a store", () =>
    Effect.gen(function* () {
      const kubernetes = (path: string) => documentIn(`kubernetes/${path}`)
      const refs = yield* secretsOf(configurations.staging)
      const pairs = refs.map((ref) => `${flat(ref)}=${ref}`)
      for (const file of ["base/deployment.yaml", "components/store-init/job.yaml"]) {
        const pod = at(kubernetes(file), "spec", "template", "spec")
        const volume = itemsAt(pod, "volumes").find((one) => at(one, "name") === "secrets")
        const items = itemsAt(volume, "secret", "items")
        haveSameMembers(
          items.map((one) => `${textAt(one, "key")}=${textAt(one, "path")}`),
          pairs,
          file
        )
        const mount = itemsAt(pod, "containers", 0, "volumeMounts").find((one) => at(one, "name") === "secrets")
        assert.strictEqual(`${textAt(mount, "mountPath")}/`, mountPath, file)
      }
      haveSameMembers(
        itemsAt(kubernetes("overlays/staging/kustomization.yaml"), "secretGenerator", 0, "files"),
        refs.map((ref) => `${flat(ref)}=secrets/${ref}`)
      )
      const external = itemsAt(kubernetes("components/secrets-external/external-secret.yaml"), "spec", "data")
      haveSameMembers(
        external.map((one) => `${textAt(one, "secretKey")}=${textAt(one, "remoteRef", "key")}`),
        refs.map((ref) => `${flat(ref)}=comporta/${ref}`)
      )
      const objects = textAt(
        kubernetes("components/secrets-csi/secret-provider-class.yaml"),
        "spec",
        "parameters",
        "objects"
      )
      haveSameMembers(
        Array.from(objects.matchAll(/objectName: ([^,]+), secretPath: ([^,]+), secretKey: (\w+)/g), (found) =>
          found.slice(1).join(" ")
        ),
        refs.map((ref) => `${ref} secret/data/${ref} value`)
      )
    })
  )

  it.effect("production names the same secrets as staging", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* secretsOf(configurations.production), yield* secretsOf(configurations.staging))
    })
  )

  it.effect("systemd loads each secret that the configuration names, for the gateway and for its commands", () =>
    Effect.gen(function* () {
      const refs = (yield* secretsOf(configurations.staging)).map((ref) => `${flat(ref)}:/etc/comporta/secrets/${ref}`)
      for (const unit of ["comporta.service", "comporta-store@.service"]) {
        haveSameMembers(settings(textIn(`systemd/${unit}`), "LoadCredential"), refs, unit)
      }
      assert.deepStrictEqual(
        yield* secretsOf(configurations.systemd),
        (yield* secretsOf(configurations.staging)).map(flat).toSorted()
      )
    })
  )

  it.effect("the script generates each secret, or names it as missing", () =>
    Effect.gen(function* () {
      const script = textIn("secrets.sh")
      const generated = Array.from(script.matchAll(/\| keep (\S+)$/gm), ([, ref]) => ref)
      const issued = /^for issued in (.*); do$/m.exec(script)?.[1]?.split(" ") ?? []
      haveSameMembers([...generated, ...issued], yield* secretsOf(configurations.compose))
    })
  )
})
