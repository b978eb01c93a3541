import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Paths of a certificate and its key, in PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** The common name of who signs is `name`, too. */
export function makeAuthority(directory: string, name: string): Certificate {
  return make(directory, name, ['-addext', 'keyUsage=critical,keyCertSign'])
}

/** A certificate for a server on loopback, or for a client. */
export function makeCertificate(directory: string, name: string, authority: Certificate): Certificate {
  const signed = ['-CA', authority.certificate, '-CAkey', authority.key]
  const isNoAuthority = ['-addext', 'basicConstraints=critical,CA:FALSE']
  return make(directory, name, [...signed, ...isNoAuthority, '-addext', 'subjectAltName=IP:127.0.0.1'])
}

function make(directory: string, name: string, more: readonly string[]): Certificate {
  const [certificate, key] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
  const made = ['req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...curve, '-keyout', key, '-out', certificate]
  execFileSync('openssl', [...made, ...more], { stdio: ['ignore', 'ignore', 'pipe'] })
  return { certificate, key }
}
