import { assert, describe, it } from "@effect/vitest"
import { mountPointOf, mountPointsIn } from "../../../layers/node-host/host.ts"

const mountinfo = `22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:26 / /run rw,nosuid - tmpfs tmpfs rw
41 22 0:40 / /etc/comporta/secrets ro,relatime - tmpfs tmpfs ro
42 22 0:41 / /srv/two\\040words rw - tmpfs tmpfs rw
`

describe("mount points", () => {
  const pointOf = (path: string) => mountPointOf(mountPointsIn(mountinfo), path)

  it("a path is on the longest mount point above it", () => {
    assert.strictEqual(pointOf("/etc/comporta/secrets/meta/app-secret"), "/etc/comporta/secrets")
    assert.strictEqual(pointOf("/etc/comporta/secrets"), "/etc/comporta/secrets")
    assert.strictEqual(pointOf("/run/secrets"), "/run")
    assert.strictEqual(pointOf("/srv/two words/a"), "/srv/two words")
  })

  it("a path beside a mount point whose name only begins so is on the root", () => {
    assert.strictEqual(pointOf("/etc/comporta/secrets-old"), "/")
    assert.strictEqual(pointOf("/app/secrets"), "/")
    assert.isUndefined(mountPointOf(mountPointsIn(""), "/app"))
  })
})
