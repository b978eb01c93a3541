/** Names for what people name. No word stands in the notes of Kubernetes, and none is a name of the lab. */
export const WORKLOADS = words(`
  abacus acorn alder almanac anvil apricot aurora badger bamboo barley beacon birch bistro bobbin bramble brook bugle burrow cactus canary candle canyon carbonara
  cedar chestnut cinder citrus clover cobalt comet copper coral cricket crocus cypress dahlia daisy denim dingo dogwood dolphin elder ember falcon fennel fern finch
  flint foxglove galaxy garnet gazelle ginger glacier granite grove hazel heron hibiscus hickory indigo iris ivory jackal jasmine juniper kestrel koala lantern larch
  lavender lemon lilac lotus lynx magnolia mango maple marlin meadow mimosa mulberry nectar nettle oasis ocelot olive onyx orchid osprey otter paprika parsley pebble
  pelican pepper petal plover plum poppy prairie quail quartz quince raven reed rosemary saffron sage sequoia sorrel sparrow spruce sumac tamarind tansy thistle thyme
  topaz tulip tundra vanilla verbena violet walnut willow wisteria yarrow zinnia`)

export const NAMESPACES = words(`
  atlas baltic caspian danube ebro fjord ganges hudson indus jordan kongo loire mekong neva oder pampas rhine seine tagus ural volga weser yukon zambezi`)

export const MORE_WORDS = words(`
  agate amber ammonite basalt beryl calcite chalk citrine diorite dolomite feldspar fluorite gneiss gypsum halite hematite jade jasper kyanite lapis malachite marble
  mica obsidian olivine opal peridot porphyry pumice pyrite rutile sandstone shale slate spinel sulfur talc tourmaline tufa zircon`)

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
