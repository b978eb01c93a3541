/** What the specs assume of the Grafana they drive: the data source and the dashboards of `provisioning/grafana`. */
export const PLUGIN_ID = 'eventloom-events-datasource'
export const DATA_SOURCE = { uid: 'eventloom', name: 'Eventloom' } as const

/** A collector as the Grafana **server** reaches it, for a data source made by hand. */
export const COLLECTOR_URL = process.env.EVENTLOOM_URL ?? 'http://collector:8085'

/** Its token; empty when it asks for none. */
export const COLLECTOR_TOKEN = process.env.EVENTLOOM_TOKEN ?? ''

/** Longer than the recording: Grafana may have been started some time after the collector. */
export const RANGE = { from: 'now-24h', to: 'now' } as const
