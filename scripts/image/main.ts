import { resolve } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { build, type BuiltImage, commit, digestIn, type Options, rebuild, uncommitted } from "./build.ts"
import { reportOf } from "./build-report.ts"
import { builderHere } from "./builder.ts"

const usage = `usage: npm run image -- [options]
  --platform linux/amd64|linux/arm64   the platform of the image; that of this machine unless given
  --output FOLDER                      the folder that receives the image; dist-image unless given
  --twice                              builds again under other circumstances, and fails if the digest differs
  --builder buildkit|buildah           the builder; whichever is here unless given
  --npmrc FILE                         settings of npm for the build, such as a registry; no layer keeps them
  --build-base, --run-base IMAGE       a base in place of that of the Dockerfile, such as the same one in a mirror
  --json                               prints each build as one line of JSON`

const say = (line: string) => process.stderr.write(`${line}\n`)

const platformHere = () => `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`

const flags = () => {
  try {
    return parseArgs({
      options: {
        platform: { type: "string", default: platformHere() },
        output: { type: "string", default: "dist-image" },
        twice: { type: "boolean", default: false },
        builder: { type: "string" },
        npmrc: { type: "string" },
        "build-base": { type: "string" },
        "run-base": { type: "string" },
        json: { type: "boolean", default: false }
      }
    }).values
  } catch {
    return undefined
  }
}

const given = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })

/** Returns the report of a build, and where the image is. */
const report = (options: Options, { image, startedAt }: BuiltImage) => ({
  ...reportOf({
    ...options,
    startedAt,
    image: image.digest,
    manifest: digestIn(image, "opt/comporta/dist/manifest.json")
  }),
  node: digestIn(image, "opt/node/bin/node"),
  output: options.output
})

const main = (): number => {
  const asked = flags()
  if (asked === undefined) {
    say(usage)
    return 2
  }
  const builder = builderHere(asked.builder)
  if (builder === undefined) {
    say(
      "image: no builder is here; install Buildah, or Docker with buildx and a builder of the driver docker-container"
    )
    return 1
  }
  const left = uncommitted()
  if (left.length > 0) say(`image: ${left.length} changes are not committed, and not in the image`)
  const bases = { ...given("BUILD_BASE", asked["build-base"]), ...given("RUN_BASE", asked["run-base"]) }
  const output = resolve(asked.output)
  const options = { builder, commit: commit(), platform: asked.platform, output, npmrc: asked.npmrc, bases }
  const print = (of: Options, built: BuiltImage) => {
    const { startedAt, ...result } = report(of, built)
    const shown = { ...result, builder: `${builder.name} ${builder.version}` }
    const lines = Object.entries(shown).map(([name, value]) => `${name}: ${value ?? "unknown"}`)
    process.stdout.write(`${asked.json ? JSON.stringify({ ...result, startedAt }) : lines.join("\n")}\n`)
  }
  const built = build(options)
  if (built === undefined) {
    say(`image: ${builder.name} ${builder.version} failed; its output above says why`)
    return 1
  }
  print(options, built)
  if (!asked.twice) return 0
  const second = { ...options, output: `${options.output}-again` }
  const found = rebuild(second, built.image)
  if (found === undefined) {
    say("image: the second build failed; its output above says why")
    return 1
  }
  if (asked.json) print(second, found.again)
  const { differing } = found
  say(differing.length === 0 ? "image: the second build gave the same digest" : "image: the second build differs")
  for (const line of differing) say(`  ${line}`)
  return differing.length === 0 ? 0 : 1
}

process.exitCode = main()
