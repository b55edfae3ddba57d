-- zst from LuaJIT.

local ffi = require("ffi")

local header = assert(io.open(arg[1]))
ffi.cdef(header:read("*a"))
header:close()
local zst = ffi.load("libzst.so.1")

local UNKNOWN_SIZE = -1ULL
local PIECE = 131072
local ALL_CORES = -1

local ZstError = {}
ZstError.__index = ZstError
ZstError.__tostring = function(self) return self.status .. ": " .. self.message end

-- Calls a function whose last parameter is a zst_error.
local function call(func, ...)
  local err = ffi.new("zst_error")
  local arguments, count = { ... }, select("#", ...) + 1
  arguments[count] = err
  if func(unpack(arguments, 1, count)) < 0 then
    local status = ffi.string(zst.zst_status_name(err.status))
    error(setmetatable({ status = status, message = ffi.string(err.message) }, ZstError), 2)
  end
end

-- What a constructor gives; `free` is called by the garbage collector.
local function new(constructor, ctype, free, ...)
  local out = ffi.new(ctype .. " *[1]")
  local arguments, count = { ... }, select("#", ...) + 1
  arguments[count] = out
  call(constructor, unpack(arguments, 1, count))
  return ffi.gc(out[0], free)
end

-- Fills a zst_bytes and turns it into a string.
local function result(fill)
  local out = ffi.new("zst_bytes")
  fill(out)
  local content = ffi.string(out.data, out.len)
  zst.zst_bytes_free(out)
  return content
end

local function compressor(dictionary)
  return new(zst.zst_compressor_new, "zst_compressor", zst.zst_compressor_free, 3, dictionary)
end

local function decompressor(dictionary)
  return new(zst.zst_decompressor_new, "zst_decompressor", zst.zst_decompressor_free, dictionary)
end

local function compress(handle, content)
  return result(function(out) call(zst.zst_compressor_compress, handle, content, #content, out) end)
end

local function decompress(handle, frame)
  return result(function(out) call(zst.zst_decompressor_decompress, handle, frame, #frame, 0, 0, out, nil) end)
end

-- `reader(size)` returns a string, or nil at the end; `writer(string)` takes one. Errors must not pass through C: what
-- they raise waits until the C function has come back.
local function copy_stream(func, handle, reader, writer, ...)
  local block, failure
  local read = ffi.cast("int32_t (*)(void *, size_t, const uint8_t **, size_t *)", function(_, size_hint, data, len)
    local fine, message = pcall(function()
      block = reader(tonumber(size_hint)) or "" -- lent, so it stays until the next one
      data[0], len[0] = ffi.cast("const uint8_t *", block), #block
    end)
    failure = message
    return fine and 0 or 1
  end)
  local write = ffi.cast("int32_t (*)(void *, const uint8_t *, size_t, size_t *)", function(_, data, len, written)
    local fine, message = pcall(writer, ffi.string(data, len))
    written[0], failure = len, not fine and message or nil
    return fine and 0 or 1
  end)
  local source = ffi.new("zst_source", { read = read })
  local sink = ffi.new("zst_sink", { write = write })
  local arguments, count = { ... }, select("#", ...)
  local fine, message = pcall(call, func, handle, source, sink, unpack(arguments, 1, count))
  read:free()
  write:free()
  if not fine then error(failure or message, 0) end
end
-- C functions that call back into Lua must not be called from compiled code.
jit.off(call)

-- An array of zst_slice. The strings must stay as long as it does.
local function slices(strings)
  local array = ffi.new("zst_slice[?]", #strings)
  for i, content in ipairs(strings) do
    array[i - 1].data, array[i - 1].len = content, #content
  end
  return array, #strings
end

local function batch(func, handle, strings, ...)
  local array, count = slices(strings)
  local collection = new(func, "zst_buffer_with_segments_collection",
    zst.zst_buffer_with_segments_collection_free, handle, array, count, ...)
  local results, segment = {}, ffi.new("zst_buffer_segment")
  for i = 1, tonumber(zst.zst_buffer_with_segments_collection_count(collection)) do
    call(zst.zst_buffer_with_segments_collection_segment, collection, i - 1, segment)
    results[i] = ffi.string(segment.data, segment.len)
  end
  return results
end

local function reader_of(content)
  local position = 1
  return function(size)
    local block = content:sub(position, position + size - 1)
    position = position + #block
    return block
  end
end

local function writer_to(pieces)
  return function(piece) table.insert(pieces, piece) end
end

local function main()
  local lines, records = {}, {}
  for n = 0, 3999 do lines[n + 1] = ("line %d of a text that repeats itself\n"):format(n) end
  for n = 0, 1999 do
    records[n + 1] = ('{"id": %d, "name": "user %d", "active": true}\n'):format(n, n * 7919 % 10007)
  end
  local text = table.concat(lines)

  local packer, unpacker = compressor(), decompressor()
  local frame = compress(packer, text)
  assert(decompress(unpacker, frame) == text)
  print(("one-shot: %d bytes, %d compressed"):format(#text, #frame))

  local pieces, back = {}, {}
  copy_stream(zst.zst_compressor_copy_stream, packer, reader_of(text), writer_to(pieces),
    UNKNOWN_SIZE, PIECE, PIECE, nil, nil, nil)
  local packed = table.concat(pieces)
  copy_stream(zst.zst_decompressor_copy_stream, unpacker, reader_of(packed), writer_to(back),
    PIECE, PIECE, 0, nil, nil, nil)
  assert(table.concat(back) == text)
  print(("stream: %d bytes, %d compressed"):format(#text, #packed))
  local _, broken = pcall(copy_stream, zst.zst_compressor_copy_stream, packer,
    function() error("the source is broken", 0) end, print, UNKNOWN_SIZE, PIECE, PIECE, nil, nil, nil)
  print("callback: " .. broken)
  local _, cut = pcall(decompress, unpacker, frame:sub(1, math.floor(#frame / 2)))
  print("error: " .. tostring(cut))

  local array, count = slices(records)
  local dictionary = new(zst.zst_train_dictionary, "zst_compression_dict", zst.zst_compression_dict_free,
    4096, array, count, nil)
  packer, unpacker = compressor(dictionary), decompressor(dictionary)
  local small = compress(packer, records[1])
  assert(decompress(unpacker, small) == records[1])
  print(("dictionary %d: %d bytes, %d compressed"):format(zst.zst_compression_dict_id(dictionary), #records[1], #small))

  local frames = batch(zst.zst_compressor_multi_compress_to_buffer, packer, records, ALL_CORES)
  local restored = batch(zst.zst_decompressor_multi_decompress_to_buffer, unpacker, frames, nil, 0, ALL_CORES)
  for i, record in ipairs(records) do assert(restored[i] == record) end
  print(("batch: %d records, %d bytes, %d compressed"):format(#frames, #table.concat(records), #table.concat(frames)))
end

main()
