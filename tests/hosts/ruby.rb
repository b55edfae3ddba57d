# zst from Ruby with the gem ffi.

require "ffi"
require "stringio"

module Zst
  extend FFI::Library
  ffi_lib "libzst.so.1"

  UNKNOWN_SIZE = 2**64 - 1
  PIECE = 131_072
  ALL_CORES = -1

  class ErrorDetails < FFI::Struct
    layout :status, :int32, :zstd_code, :int32, :callback_code, :int32, :reserved, :int32,
           :item_index, :uint64, :expected, :uint64, :actual, :uint64, :src_position, :uint64,
           :message, [:char, 464]
  end

  class Bytes < FFI::Struct
    layout :data, :pointer, :len, :size_t, :capacity, :size_t
  end

  class Slice < FFI::Struct
    layout :data, :pointer, :len, :size_t
  end

  class Segment < FFI::Struct
    layout :data, :pointer, :len, :size_t, :offset, :uint64
  end

  callback :read, [:pointer, :size_t, :pointer, :pointer], :int32
  callback :write, [:pointer, :pointer, :size_t, :pointer], :int32

  class Source < FFI::Struct
    layout :userdata, :pointer, :read, :read, :drop, :pointer
  end

  class Sink < FFI::Struct
    layout :userdata, :pointer, :write, :write, :flush, :pointer, :close, :pointer, :drop, :pointer
  end

  attach_function :zst_status_name, [:int32], :string
  attach_function :zst_bytes_free, [:pointer], :void
  attach_function :zst_compressor_free, [:pointer], :void
  attach_function :zst_decompressor_free, [:pointer], :void
  attach_function :zst_compression_dict_free, [:pointer], :void
  attach_function :zst_compression_dict_id, [:pointer], :uint32
  attach_function :zst_buffer_with_segments_collection_free, [:pointer], :void
  attach_function :zst_buffer_with_segments_collection_count, [:pointer], :size_t

  # With a zst_error for their last argument, which becomes an exception.
  {
    zst_compressor_new: [:int32, :pointer, :pointer],
    zst_compressor_compress: [:pointer, :buffer_in, :size_t, :pointer],
    zst_compressor_copy_stream:
      [:pointer, :pointer, :pointer, :uint64, :size_t, :size_t, :pointer, :pointer, :pointer],
    zst_compressor_multi_compress_to_buffer: [:pointer, :pointer, :size_t, :int32, :pointer],
    zst_decompressor_new: [:pointer, :pointer],
    zst_decompressor_decompress: [:pointer, :buffer_in, :size_t, :uint64, :int32, :pointer, :pointer],
    zst_decompressor_copy_stream:
      [:pointer, :pointer, :pointer, :size_t, :size_t, :int32, :pointer, :pointer, :pointer],
    zst_decompressor_multi_decompress_to_buffer: [:pointer, :pointer, :size_t, :pointer, :size_t, :int32, :pointer],
    zst_train_dictionary: [:size_t, :pointer, :size_t, :pointer, :pointer],
    zst_buffer_with_segments_collection_segment: [:pointer, :size_t, :pointer],
  }.each do |name, types|
    attach_function :"raw_#{name}", name, [*types, :pointer], :int32
    define_singleton_method(name) do |*arguments|
      err = ErrorDetails.new
      raise Error, err if send(:"raw_#{name}", *arguments, err) < 0
    end
  end

  class Error < StandardError
    attr_reader :status

    def initialize(err)
      super(err[:message].to_s.force_encoding("UTF-8"))
      @status = Zst.zst_status_name(err[:status])
    end
  end

  # What a constructor gives, freed when the block ends.
  def self.handle(new, free, *arguments)
    out = FFI::MemoryPointer.new(:pointer)
    send(new, *arguments, out)
    pointer = out.read_pointer
    begin
      yield pointer
    ensure
      send(free, pointer)
    end
  end

  def self.compressor(dictionary = nil, level: 3, &block)
    handle(:zst_compressor_new, :zst_compressor_free, level, dictionary, &block)
  end

  def self.decompressor(dictionary = nil, &block)
    handle(:zst_decompressor_new, :zst_decompressor_free, dictionary, &block)
  end

  def self.train(size, samples, &block)
    slices(samples) do |array, count|
      handle(:zst_train_dictionary, :zst_compression_dict_free, size, array, count, nil, &block)
    end
  end

  def self.compress(compressor, content)
    result { |out| zst_compressor_compress(compressor, content, content.bytesize, out) }
  end

  def self.decompress(decompressor, frame)
    result { |out| zst_decompressor_decompress(decompressor, frame, frame.bytesize, 0, 0, out, nil) }
  end

  def self.result
    out = Bytes.new # zeros, which may be freed, too
    yield out
    out[:data].read_bytes(out[:len])
  ensure
    zst_bytes_free(out)
  end

  # From one IO to another. What they raise waits until the C function has come back.
  def self.copy_stream(copy, handle, reader, writer, *settings)
    block = failure = nil
    guarded = lambda do |&work|
      work.call
      0
    rescue Exception => e # also Interrupt: nothing may pass through C
      failure = e
      1
    end
    source = Source.new
    source[:read] = proc do |_, size_hint, out_data, out_len|
      guarded.call do
        block = FFI::MemoryPointer.from_string(reader.read(size_hint) || "") # lent, so it stays until the next one
        out_data.write_pointer(block)
        out_len.put(:size_t, 0, block.size - 1) # without the NUL
      end
    end
    sink = Sink.new
    sink[:write] = proc do |_, data, size, out_written|
      guarded.call { out_written.put(:size_t, 0, writer.write(data.read_bytes(size))) }
    end
    send(copy, handle, source, sink, *settings, nil, nil, nil)
  rescue Error
    raise failure || $!
  end

  def self.slices(items)
    array = FFI::MemoryPointer.new(Slice, items.size)
    contents = items.each_with_index.map do |item, index|
      content = FFI::MemoryPointer.from_string(item)
      slice = Slice.new(array + index * Slice.size)
      slice[:data], slice[:len] = content, item.bytesize
      content
    end
    yield array, contents.size
  end

  def self.batch(call, parent, items, *settings)
    slices(items) do |array, count|
      handle(call, :zst_buffer_with_segments_collection_free, parent, array, count, *settings) do |collection|
        segment = Segment.new
        Array.new(zst_buffer_with_segments_collection_count(collection)) do |index|
          zst_buffer_with_segments_collection_segment(collection, index, segment)
          segment[:data].read_bytes(segment[:len])
        end
      end
    end
  end
end

class Broken
  def read(_size)
    raise IOError, "the source is broken"
  end
end

def check(condition)
  raise "what came back differs" unless condition
end

text = Array.new(4000) { |n| "line #{n} of a text that repeats itself\n" }.join
records = Array.new(2000) { |n| %({"id": #{n}, "name": "user #{n * 7919 % 10007}", "active": true}\n) }

Zst.compressor do |packer|
  Zst.decompressor do |unpacker|
    frame = Zst.compress(packer, text)
    check Zst.decompress(unpacker, frame) == text
    puts "one-shot: #{text.bytesize} bytes, #{frame.bytesize} compressed"

    packed, back = StringIO.new("".b), StringIO.new("".b)
    Zst.copy_stream(:zst_compressor_copy_stream, packer, StringIO.new(text), packed,
                    Zst::UNKNOWN_SIZE, Zst::PIECE, Zst::PIECE)
    packed.rewind
    Zst.copy_stream(:zst_decompressor_copy_stream, unpacker, packed, back, Zst::PIECE, Zst::PIECE, 0)
    check back.string == text.b
    puts "stream: #{text.bytesize} bytes, #{packed.size} compressed"
    begin
      Zst.copy_stream(:zst_compressor_copy_stream, packer, Broken.new, packed,
                      Zst::UNKNOWN_SIZE, Zst::PIECE, Zst::PIECE)
    rescue IOError => e
      puts "callback: #{e.message}"
    end
    begin
      Zst.decompress(unpacker, frame.byteslice(0, frame.bytesize / 2))
    rescue Zst::Error => e
      puts "error: #{e.status}: #{e.message}"
    end
  end
end

Zst.train(4096, records) do |dictionary|
  Zst.compressor(dictionary) do |packer|
    Zst.decompressor(dictionary) do |unpacker|
      small = Zst.compress(packer, records[0])
      check Zst.decompress(unpacker, small) == records[0]
      id = Zst.zst_compression_dict_id(dictionary)
      puts "dictionary #{id}: #{records[0].bytesize} bytes, #{small.bytesize} compressed"

      frames = Zst.batch(:zst_compressor_multi_compress_to_buffer, packer, records, Zst::ALL_CORES)
      back = Zst.batch(:zst_decompressor_multi_decompress_to_buffer, unpacker, frames, nil, 0, Zst::ALL_CORES)
      check back == records
      puts "batch: #{frames.size} records, #{records.sum(&:bytesize)} bytes, #{frames.sum(&:bytesize)} compressed"
    end
  end
end
