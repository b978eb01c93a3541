import type { DataSourceJsonData } from '@grafana/data'

/** Settings that Grafana's database keeps in the open; its SDK reads most of them. */
export interface EventloomSettings extends DataSourceJsonData {
  /** Of the collector. Not Grafana's own `url`, through which its proxy would let every viewer send requests of his own. */
  address?: string
  /** Seconds. */
  timeout?: number
  oauthPassThru?: boolean
  tlsAuth?: boolean
  tlsAuthWithCACert?: boolean
  tlsSkipVerify?: boolean
  serverName?: string
  enableSecureSocksProxy?: boolean
  [httpHeaderName: `httpHeaderName${number}`]: string | undefined
}

/** Settings that are written once, and never read back by a browser. */
export interface EventloomSecrets {
  token?: string
  serviceToken?: string
  basicAuthPassword?: string
  tlsCACert?: string
  tlsClientCert?: string
  tlsClientKey?: string
  [httpHeaderValue: `httpHeaderValue${number}`]: string | undefined
}
