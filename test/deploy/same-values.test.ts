import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { aclRule } from "../../layers/redis/acl.ts"
import { drainOf } from "../../src/app/wiring.ts"
import "../../src/app/main-layers.ts"
import { defaultPartitions } from "../../src/deployment/deployment.ts"
import type { Json } from "../../src/domain/json.ts"
import { version } from "../../src/version.ts"
import { root } from "../house/imports.ts"
import { at, bytesOf, configurations, documentIn, itemsAt, settings, textAt, textIn } from "./files.ts"
import {
  cloudRun,
  compose,
  containerOf,
  deployment,
  disruptionBudget,
  instanceOf,
  managementService,
  named,
  overlay,
  podOf,
  portNamed,
  publicService,
  redisService,
  redisSet,
  service,
  storeInit,
  units
} from "./platforms.ts"

/** Fails unless each of the named values is the expected one. */
const allAre = (expected: unknown, values: Readonly<Record<string, unknown>>) =>
  assert.deepStrictEqual(values, Object.fromEntries(Object.keys(values).map((name) => [name, expected])))

const dockerfile = existsSync(join(root, "Dockerfile")) ? readFileSync(join(root, "Dockerfile"), "utf8") : undefined
const inDockerfile = (pattern: RegExp) =>
  dockerfile === undefined ? {} : { Dockerfile: pattern.exec(dockerfile)?.[1] }

const overlays = ["staging", "staging-init", "production"]
const services = [cloudRun.open, cloudRun.internal]
const gatewaysOfCompose = ["gateway", "store-init"]
const [conf, systemdConf] = [textIn("compose/redis.conf"), textIn("systemd/redis-comporta.conf")]
const caddyfiles = [textIn("compose/Caddyfile"), textIn("systemd/Caddyfile")]
const seconds = (text: string | undefined) => Number(/^(\d+)s$/.exec(text ?? "")?.[1])
const first = (text: string, name: string) => settings(text, name)[0] ?? ""

describe("values that deploy states more than once", () => {
  it("the image is the one of this release on every platform", () => {
    allAre(
      `comporta:${version}`,
      Object.fromEntries(gatewaysOfCompose.map((name) => [name, at(service(name), "image")]))
    )
    allAre(version, {
      build: at(service("gateway"), "build", "args", "VERSION"),
      ...Object.fromEntries(overlays.map((name) => [name, at(overlay(name), "images", 0, "newTag")]))
    })
    allAre(
      "registry.example/comporta",
      Object.fromEntries(overlays.map((name) => [name, at(overlay(name), "images", 0, "newName")]))
    )
    allAre("comporta", {
      deployment: at(containerOf(deployment), "image"),
      job: at(containerOf(storeInit), "image"),
      ...Object.fromEntries(overlays.map((name) => [name, at(overlay(name), "images", 0, "name")]))
    })
    const inCloudRun = Object.values(cloudRun).map((one) => at(instanceOf(one), "containers", 0, "image"))
    assert.deepStrictEqual([...new Set(inCloudRun)], [`REGION-docker.pkg.dev/PROJECT/comporta/comporta:${version}`])
    assert.strictEqual(at(service("redis"), "image"), at(containerOf(redisSet), "image"))
  })

  it("the public port is the same in configuration, image, proxy, probes and services", () => {
    const port = at(documentIn(configurations.compose), "server", "port")
    allAre(port, {
      deployment: portNamed(deployment, "public"),
      service: at(publicService, "spec", "ports", 0, "port"),
      ...Object.fromEntries(
        services.flatMap((one) => [
          [
            `${textAt(one, "metadata", "name")} port`,
            at(instanceOf(one), "containers", 0, "ports", 0, "containerPort")
          ],
          ...["startupProbe", "livenessProbe"].map((probe) => [
            `${textAt(one, "metadata", "name")} ${probe}`,
            at(instanceOf(one), "containers", 0, probe, "httpGet", "port")
          ])
        ])
      )
    })
    allAre("public", {
      service: at(publicService, "spec", "ports", 0, "targetPort"),
      ...Object.fromEntries(
        ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => [
          probe,
          at(containerOf(deployment), probe, "httpGet", "port")
        ])
      )
    })
    allAre(String(port), {
      caddy: /COMPORTA_PUBLIC:gateway:(\d+)/.exec(caddyfiles[0] ?? "")?.[1],
      caddyOfSystemd: /COMPORTA_PUBLIC:127\.0\.0\.1:(\d+)/.exec(caddyfiles[1] ?? "")?.[1],
      ...inDockerfile(/^ENV PORT=(\d+)$/m)
    })
    allAre(String(port), inDockerfile(/^EXPOSE (\d+)$/m))
  })

  it("the management port is the same in configuration, proxy and services", () => {
    const port = at(documentIn(configurations.compose), "server", "management", "port")
    assert.isNumber(port)
    allAre(port, {
      deployment: portNamed(deployment, "management"),
      service: at(managementService, "spec", "ports", 0, "port"),
      ...Object.fromEntries(
        Object.entries(configurations).flatMap(([platform, path]) =>
          platform === "cloudRunInternal" ? [] : [[platform, at(documentIn(path), "server", "management", "port")]]
        )
      )
    })
    assert.strictEqual(at(managementService, "spec", "ports", 0, "targetPort"), "management")
    allAre(String(port), {
      caddy: /COMPORTA_MANAGEMENT:gateway:(\d+)/.exec(caddyfiles[0] ?? "")?.[1],
      caddyOfSystemd: /COMPORTA_MANAGEMENT:127\.0\.0\.1:(\d+)/.exec(caddyfiles[1] ?? "")?.[1]
    })
  })

  it("the address of Redis is the one where Redis listens", () => {
    const port = first(conf, "port")
    for (const path of [configurations.compose, configurations.staging]) {
      assert.strictEqual(at(documentIn(path), "store", "url"), `redis://redis:${port}`)
    }
    assert.strictEqual(
      at(documentIn(configurations.systemd), "store", "url"),
      `redis://127.0.0.1:${first(systemdConf, "port")}`
    )
    assert.include(first(systemdConf, "bind"), "127.0.0.1")
    assert.isDefined(service("redis"))
    allAre(Number(port), {
      container: portNamed(redisSet, "redis"),
      service: at(redisService, "spec", "ports", 0, "port")
    })
    assert.strictEqual(at(redisService, "metadata", "name"), "redis")
  })

  it("the user ids are the same, and none is root", () => {
    for (const [id, workloads, ofCompose] of [
      [65_532, [deployment, storeInit], gatewaysOfCompose],
      [999, [redisSet], ["redis"]]
    ] as const) {
      for (const workload of workloads) {
        const context = at(podOf(workload), "securityContext")
        allAre(id, {
          user: at(context, "runAsUser"),
          group: at(context, "runAsGroup"),
          files: at(context, "fsGroup")
        })
      }
      for (const name of ofCompose) assert.strictEqual(at(service(name), "user"), `${id}:${id}`, name)
    }
    allAre("65532:65532", inDockerfile(/^USER (\S+)$/m))
  })

  it("every container gives up all privileges and cannot write to its root", () => {
    for (const workload of [deployment, storeInit, redisSet]) {
      assert.deepStrictEqual(at(containerOf(workload), "securityContext"), {
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] }
      })
      const pod = at(podOf(workload), "securityContext")
      assert.deepStrictEqual([at(pod, "runAsNonRoot"), at(pod, "seccompProfile", "type")], [true, "RuntimeDefault"])
      assert.isFalse(at(podOf(workload), "automountServiceAccountToken"))
    }
    for (const name of ["gateway", "store-init", "redis", "proxy"]) {
      assert.isTrue(at(service(name), "read_only"), name)
      assert.deepStrictEqual(at(service(name), "cap_drop"), ["ALL"], name)
      assert.deepStrictEqual(at(service(name), "security_opt"), ["no-new-privileges:true"], name)
    }
  })

  it("every platform waits longer for a stop than the drain of the program takes", () => {
    const drain = drainOf({ environment: "staging" })
    const grace = Number(at(podOf(deployment), "terminationGracePeriodSeconds"))
    const waiting = Number(at(containerOf(deployment), "lifecycle", "preStop", "sleep", "seconds"))
    const most = seconds(textAt(service("gateway"), "stop_grace_period"))
    assert.isAtLeast(most * 1_000, drain.server + drain.calls + 10_000)
    allAre(most, {
      kubernetes: grace - waiting,
      systemd: seconds(first(units[0] ?? "", "TimeoutStopSec")),
      proxy: seconds(textAt(service("proxy"), "stop_grace_period"))
    })
    assert.isBelow(seconds(/^\tgrace_period (\S+)$/m.exec(caddyfiles[0] ?? "")?.[1]), most)
    assert.strictEqual(
      seconds(textAt(service("redis"), "stop_grace_period")),
      Number(at(podOf(redisSet), "terminationGracePeriodSeconds"))
    )
  })

  it("the memory of the gateway is the same, and Redis has room for the copy that a rewrite makes", () => {
    const gateway = bytesOf(textAt(service("gateway"), "mem_limit"))
    const limit = (container: Json | undefined) => bytesOf(textAt(container, "resources", "limits", "memory"))
    allAre(gateway, {
      command: bytesOf(textAt(service("store-init"), "mem_limit")),
      deployment: limit(containerOf(deployment)),
      job: limit(containerOf(storeInit)),
      ...Object.fromEntries(
        Object.entries(cloudRun).map(([name, one]) => [name, limit(at(instanceOf(one), "containers", 0))])
      ),
      ...Object.fromEntries(units.map((unit, index) => [`unit ${index}`, bytesOf(first(unit, "MemoryMax"))]))
    })
    const redis = bytesOf(textAt(service("redis"), "mem_limit"))
    assert.isAtLeast(redis, 2 * bytesOf(first(conf, "maxmemory")))
    allAre(redis, {
      limit: limit(containerOf(redisSet)),
      request: bytesOf(textAt(containerOf(redisSet), "resources", "requests", "memory"))
    })
  })

  it("Redis has the same settings on every platform, and those that staging demands", () => {
    assert.strictEqual(textIn("kubernetes/components/redis/redis.conf"), conf)
    for (const text of [conf, systemdConf]) {
      const named = ["appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy"]
      assert.deepStrictEqual(
        named.map((name) => first(text, name)),
        ["yes", "always", '""', "512mb", "noeviction"]
      )
    }
  })

  it("I5 the user of Redis has the permissions of the reference, and the default user may only ping", () => {
    const [byDefault, user] = textIn("users.acl").split("\n")
    assert.strictEqual(byDefault, "user default reset on nopass -@all +ping")
    const name = textAt(documentIn(configurations.compose), "store", "username")
    const rule = aclRule(name, "comporta", false)
    assert.strictEqual(user, rule.replace(/^ACL SETUSER/, "user").replace(">PASSWORD", "#PASSWORD_SHA256"))
    for (const path of [configurations.staging, configurations.systemd]) {
      assert.strictEqual(at(documentIn(path), "store", "username"), name, path)
    }
  })

  it("Redis finds its settings and users where the platform puts them", () => {
    const mounted = itemsAt(service("redis"), "volumes").map((one) => textAt(one, "target"))
    assert.strictEqual(first(conf, "aclfile"), textAt(service("redis"), "secrets", 0, "target"))
    assert.include(mounted, first(conf, "dir"))
    assert.include(mounted, textAt(service("redis"), "command", 1))
    assert.deepStrictEqual(at(containerOf(redisSet), "command"), at(service("redis"), "command"))
    const mounts = itemsAt(containerOf(redisSet), "volumeMounts")
    const [data, files] = ["data", "files"].map((name) => textAt(named(mounts, name), "mountPath"))
    assert.strictEqual(first(conf, "dir"), data)
    assert.strictEqual(first(conf, "aclfile"), `${files}/users.acl`)
    assert.strictEqual(textAt(service("redis"), "command", 1), `${files}/redis.conf`)
    assert.include(itemsAt(overlay("staging"), "secretGenerator", 1, "files"), "users.acl=secrets/store/users.acl")
  })

  it("the program finds its configuration where the platform puts it", () => {
    const directory = textAt(named(itemsAt(containerOf(deployment), "volumeMounts"), "configuration"), "mountPath")
    allAre(directory, {
      job: at(named(itemsAt(containerOf(storeInit), "volumeMounts"), "configuration"), "mountPath"),
      ...Object.fromEntries(
        Object.entries(cloudRun).map(([name, one]) => [
          name,
          at(named(itemsAt(instanceOf(one), "containers", 0, "volumeMounts"), "configuration"), "mountPath")
        ])
      ),
      ...inDockerfile(/^WORKDIR (\/etc\S*)$/m)
    })
    const file = `${directory}/comporta.yaml`
    for (const name of gatewaysOfCompose) assert.strictEqual(textAt(service(name), "volumes", 0, "target"), file)
    for (const unit of units) assert.match(first(unit, "ExecStart"), new RegExp(` --config ${file}$`))
    for (const name of ["staging", "production"]) {
      assert.deepStrictEqual(at(overlay(name), "configMapGenerator", 0), { name: "comporta", files: ["comporta.yaml"] })
    }
    allAre(
      first(units[0] ?? "", "ExecStart")
        .split(" ")
        .slice(0, 2)
        .join(" "),
      {
        ...Object.fromEntries(
          units.map((unit, index) => [index, first(unit, "ExecStart").split(" ").slice(0, 2).join(" ")])
        ),
        ...(dockerfile === undefined
          ? {}
          : { Dockerfile: /^ENTRYPOINT \["(\S+)", "(\S+)"\]$/m.exec(dockerfile)?.slice(1).join(" ") })
      }
    )
  })

  it("both units of systemd are confined alike", () => {
    const own =
      /^(Description|#|Type|ExecStart|Restart|RestartSec|StartLimitIntervalSec|TimeoutStopSec|KillMode|WantedBy|\[Install\]|$)/
    const [gateway, command] = units.map((unit) => unit.split("\n").filter((line) => !own.test(line)))
    assert.deepStrictEqual(command, gateway)
  })

  it("as many gateways as replicas run on every platform that runs several, and no more than partitions", () => {
    const replicas = at(deployment, "spec", "replicas")
    for (const one of services) {
      const annotations = at(one, "spec", "template", "metadata", "annotations")
      assert.strictEqual(textAt(annotations, "autoscaling.knative.dev/minScale"), String(replicas))
      assert.strictEqual(textAt(annotations, "autoscaling.knative.dev/maxScale"), String(defaultPartitions))
      assert.strictEqual(textAt(annotations, "run.googleapis.com/cpu-throttling"), "false")
    }
    assert.isBelow(Number(at(disruptionBudget, "spec", "maxUnavailable")), Number(replicas))
  })

  it("services, disruption budget and policies select the pods of the deployment", () => {
    const labels = at(deployment, "spec", "template", "metadata", "labels")
    allAre(labels, {
      deployment: at(deployment, "spec", "selector", "matchLabels"),
      service: at(publicService, "spec", "selector"),
      management: at(managementService, "spec", "selector"),
      budget: at(disruptionBudget, "spec", "selector", "matchLabels")
    })
    const job = textAt(storeInit, "spec", "template", "metadata", "labels", "app.kubernetes.io/name")
    const selected = [textAt(labels, "app.kubernetes.io/name"), job]
    for (const file of ["base/network-policy.yaml", "overlays/production/store-network-policy.yaml"]) {
      const policy = documentIn(`kubernetes/${file}`)
      assert.deepStrictEqual(at(policy, "spec", "podSelector", "matchExpressions", 0, "values"), selected, file)
    }
  })

  it("the services and the job of Cloud Run run as one account in one network", () => {
    const all = Object.values(cloudRun)
    const shared = all.map((one) => {
      const annotations = at(one, "spec", "template", "metadata", "annotations")
      return [
        at(instanceOf(one), "serviceAccountName"),
        at(annotations, "run.googleapis.com/network-interfaces"),
        at(annotations, "run.googleapis.com/vpc-access-egress"),
        at(annotations, "run.googleapis.com/execution-environment"),
        named(itemsAt(instanceOf(one), "volumes"), "store-authority")
      ]
    })
    for (const one of shared) assert.deepStrictEqual(one, shared[0])
    const authority = at(documentIn(configurations.cloudRun), "store", "caFile")
    const mount = named(itemsAt(instanceOf(cloudRun.open), "containers", 0, "volumeMounts"), "store-authority")
    const item = at(
      named(itemsAt(instanceOf(cloudRun.open), "volumes"), "store-authority"),
      "secret",
      "items",
      0,
      "path"
    )
    assert.strictEqual(authority, `${textAt(mount, "mountPath")}/${String(item)}`)
  })

  it("the proxies let the same paths through", () => {
    const [ofCompose, ofSystemd] = caddyfiles.map((text) =>
      text
        .replaceAll(/\{\$\w+(:[^}]*)?\}/g, "address")
        .split("\n")
        .filter((line) => !/^\t?(#|admin)/.test(line))
    )
    assert.deepStrictEqual(ofSystemd, ofCompose)
    assert.isDefined(at(compose, "services", "gateway"))
  })
})
