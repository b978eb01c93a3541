/**
 * The proxy for a server: the kubeconfig's `proxy-url`, else HTTPS_PROXY or HTTP_PROXY unless NO_PROXY excepts the host.
 * Upper and lower case are read, as by Go's net/http, which is what kubectl does. Null for none.
 */
export function proxyFor(
  server: string,
  proxyUrl: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  if (proxyUrl !== null && proxyUrl !== '') return proxyUrl
  const { protocol, hostname, port } = new URL(server)
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const proxy = variable(environment, name)
  if (proxy === undefined || proxy === '') return null
  if (isLoopback(hostname) || isExcepted(hostname, port, variable(environment, 'NO_PROXY') ?? '')) return null
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function variable(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return environment[name] ?? environment[name.toLowerCase()]
}

/** Go never asks a proxy for the machine itself. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function isExcepted(hostname: string, port: string, noProxy: string): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, hostname, port))
}

function matches(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isInNetwork(hostname, entry)
  const [, name = entry, entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
  if (entryPort !== undefined && entryPort !== port) return false
  const suffix = name.replace(/^\*?\.?/, '')
  const isOnlyBelow = name.startsWith('.') || name.startsWith('*.')
  return (!isOnlyBelow && hostname === suffix) || hostname.endsWith(`.${suffix}`)
}

/** IPv4 in CIDR notation, which is how clusters except their own networks. */
function isInNetwork(hostname: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/')
  const address = ipv4(hostname)
  const start = ipv4(base)
  const length = Number(bits)
  if (address === null || start === null || !(length >= 0 && length <= 32)) return false
  const size = 2 ** (32 - length)
  return Math.floor(address / size) === Math.floor(start / size)
}

function ipv4(text: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
