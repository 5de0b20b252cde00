import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { forgetContainer } from "./forget-container.ts"

/** One build of one platform from a folder that holds a commit. */
export interface Request {
  readonly context: string
  readonly output: string
  readonly platform: string
  /** Seconds since 1970: the time that the image and all its files get. */
  readonly epoch: number
  readonly arguments: Readonly<Record<string, string>>
  /** A file that npm reads its settings from during the build. No layer keeps it. */
  readonly npmrc?: string | undefined
  /** Uses no result of an earlier build. */
  readonly fresh: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Builder {
  readonly name: string
  readonly version: string
  /** Builds the image into `output`, a folder that {@link readImage} reads. Returns false when the build failed. */
  readonly build: (request: Request) => boolean
}

type Environment = Request["env"]

/** Runs a command with its output on stderr; returns true when it succeeded. */
const succeeds = (command: string, args: ReadonlyArray<string>, env: Environment): boolean =>
  spawnSync(command, args, { stdio: ["ignore", 2, 2], env: { ...env } }).status === 0

const textOf = (command: string, args: ReadonlyArray<string>): string | undefined => {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" })
  return status === 0 ? stdout.trim() : undefined
}

/** Returns the build arguments and the secret as words of a command line. */
const given = (request: Request, flag: string): ReadonlyArray<string> => {
  const values = { ...request.arguments, SOURCE_DATE_EPOCH: String(request.epoch) }
  const secret = request.npmrc === undefined ? [] : [`--secret=id=npmrc,src=${request.npmrc}`]
  return [...Object.entries(values).map(([name, value]) => `${flag}${name}=${value}`), ...secret]
}

/** The files of our own layer get the epoch; those of the base keep their times, or its layers would be others. */
const exported = ({ output }: Request) => `--output=type=oci,tar=false,rewrite-timestamp=true,dest=${output}`

const notCached = ({ fresh }: Request) => (fresh ? ["--no-cache"] : [])

const buildx = (): Builder | undefined => {
  const inspected = textOf("docker", ["buildx", "inspect"])
  const version = /^BuildKit(?: version)?:\s*(\S+)/m.exec(inspected ?? "")?.[1]
  if (version === undefined) return undefined
  const words = (request: Request) => [
    "buildx",
    "build",
    "--provenance=false",
    "--sbom=false",
    `--platform=${request.platform}`,
    ...given(request, "--build-arg="),
    ...notCached(request),
    exported(request),
    request.context
  ]
  return { name: "buildkit", version, build: (request) => succeeds("docker", words(request), request.env) }
}

const buildctl = (): Builder | undefined => {
  const version = /^BuildKit:\s*\S+\s+(\S+)/m.exec(textOf("buildctl", ["debug", "info"]) ?? "")?.[1]
  if (version === undefined) return undefined
  const words = (request: Request) => [
    "build",
    "--progress=plain",
    "--frontend=dockerfile.v0",
    `--local=context=${request.context}`,
    `--local=dockerfile=${request.context}`,
    `--opt=platform=${request.platform}`,
    ...given(request, "--opt=build-arg:"),
    ...notCached(request),
    exported(request)
  ]
  return { name: "buildkit", version, build: (request) => succeeds("buildctl", words(request), request.env) }
}

/**
 * Buildah keeps no results of steps here, so every build is a fresh one. The Docker format keeps HEALTHCHECK, the OCI format
 * does not.
 */
const buildah = (): Builder | undefined => {
  const version = /buildah version (\S+)/.exec(textOf("buildah", ["--version"]) ?? "")?.[1]
  if (version === undefined) return undefined
  const words = (request: Request, name: string) => [
    "build",
    "--format=docker",
    "--identity-label=false",
    "--layers=false",
    "--no-cache",
    `--timestamp=${request.epoch}`,
    `--platform=${request.platform}`,
    `--tag=${name}`,
    ...given(request, "--build-arg="),
    `--file=${join(request.context, "Dockerfile")}`,
    request.context
  ]
  const build = (request: Request): boolean => {
    const name = `localhost/comporta-${process.pid}:${request.platform.replaceAll("/", "-")}`
    const built = succeeds("buildah", words(request, name), request.env)
    const pushed = built && succeeds("buildah", ["push", "--quiet", name, `dir:${request.output}`], request.env)
    if (built) succeeds("buildah", ["rmi", name], request.env)
    if (pushed) forgetContainer(request.output)
    return pushed
  }
  return { name: "buildah", version, build }
}

/** Returns the builder of this machine: BuildKit by `docker buildx` or `buildctl`, or Buildah. `name` chooses one. */
export const builderHere = (name?: string): Builder | undefined =>
  [...(name === "buildah" ? [] : [buildx, buildctl]), ...(name === "buildkit" ? [] : [buildah])]
    .map((find) => find())
    .find((found) => found !== undefined)

/** Builds into an empty folder. Returns false when the build failed. */
export const buildInto = (builder: Builder, request: Request): boolean => {
  rmSync(request.output, { recursive: true, force: true })
  return builder.build(request)
}
