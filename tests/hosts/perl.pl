# zst from Perl with FFI::Platypus.

use v5.36;

package Zst::Bytes {
    use FFI::Platypus::Record;
    record_layout_1(opaque => 'data', size_t => 'len', size_t => 'capacity');
}

package Zst::Segment {
    use FFI::Platypus::Record;
    record_layout_1(opaque => 'data', size_t => 'len', uint64 => 'offset');
}

package Zst::Source {
    use FFI::Platypus::Record;
    record_layout_1(opaque => 'userdata', opaque => 'read', opaque => 'drop');
}

package Zst::Sink {
    use FFI::Platypus::Record;
    record_layout_1(map { (opaque => $_) } qw(userdata write flush close drop));
}

package Zst::ErrorDetails {
    use FFI::Platypus::Record;
    record_layout_1(
        (map { (sint32 => $_) } qw(status zstd_code callback_code reserved)),
        (map { (uint64 => $_) } qw(item_index expected actual src_position)),
        'string(464)' => 'message',
    );
}

package Zst {
    use FFI::Platypus 2.00;
    use FFI::Platypus::Buffer qw(buffer_to_scalar scalar_to_buffer scalar_to_pointer);
    use FFI::Platypus::Memory qw(memcpy);

    use constant {UNKNOWN_SIZE => ~0, PIECE => 131_072, ALL_CORES => -1};
    use constant READ => '(opaque, size_t, opaque, opaque)->sint32';
    use constant WRITE => '(opaque, opaque, size_t, opaque)->sint32';

    my $ffi = FFI::Platypus->new(api => 2, lib => 'libzst.so.1');
    $ffi->load_custom_type('::PointerSizeBuffer' => 'buffer');    # a pointer and a length, from one scalar
    $ffi->type('record(Zst::Bytes)*' => 'zst_bytes');
    $ffi->type('record(Zst::Segment)*' => 'zst_buffer_segment');
    $ffi->type('record(Zst::Source)*' => 'zst_source');
    $ffi->type('record(Zst::Sink)*' => 'zst_sink');
    $ffi->type('record(Zst::ErrorDetails)*' => 'zst_error');

    $ffi->attach(zst_status_name => ['sint32'] => 'string');
    $ffi->attach(zst_bytes_free => ['zst_bytes']);
    $ffi->attach(zst_compressor_free => ['opaque']);
    $ffi->attach(zst_decompressor_free => ['opaque']);
    $ffi->attach(zst_compression_dict_free => ['opaque']);
    $ffi->attach(zst_compression_dict_id => ['opaque'] => 'uint32');
    $ffi->attach(zst_buffer_with_segments_collection_free => ['opaque']);
    $ffi->attach(zst_buffer_with_segments_collection_count => ['opaque'] => 'size_t');

    # With a zst_error for the last argument, which becomes an exception.
    my %checked = (
        zst_compressor_new => ['sint32', 'opaque', 'opaque*'],
        zst_compressor_compress => ['opaque', 'buffer', 'zst_bytes'],
        zst_compressor_copy_stream =>
            ['opaque', 'zst_source', 'zst_sink', 'uint64', 'size_t', 'size_t', 'opaque', 'opaque', 'opaque'],
        zst_compressor_multi_compress_to_buffer => ['opaque', 'string', 'size_t', 'sint32', 'opaque*'],
        zst_decompressor_new => ['opaque', 'opaque*'],
        zst_decompressor_decompress => ['opaque', 'buffer', 'uint64', 'sint32', 'zst_bytes', 'opaque'],
        zst_decompressor_copy_stream =>
            ['opaque', 'zst_source', 'zst_sink', 'size_t', 'size_t', 'sint32', 'opaque', 'opaque', 'opaque'],
        zst_decompressor_multi_decompress_to_buffer =>
            ['opaque', 'string', 'size_t', 'opaque', 'size_t', 'sint32', 'opaque*'],
        zst_train_dictionary => ['size_t', 'string', 'size_t', 'opaque', 'opaque*'],
        zst_buffer_with_segments_collection_segment => ['opaque', 'size_t', 'zst_buffer_segment'],
    );
    for my $name (keys %checked) {
        $ffi->attach($name => [$checked{$name}->@*, 'zst_error'] => 'sint32', sub ($call, @arguments) {
            my $err = Zst::ErrorDetails->new;
            die Zst::Error->new($err) if $call->(@arguments, $err) < 0;
        });
    }

    sub compressor ($dictionary = undef) {
        return Zst::Handle->new(\&zst_compressor_free, \&zst_compressor_new, 3, $dictionary && $dictionary->{pointer});
    }

    sub decompressor ($dictionary = undef) {
        return Zst::Handle->new(\&zst_decompressor_free, \&zst_decompressor_new, $dictionary && $dictionary->{pointer});
    }

    sub train ($size, $samples) {
        my ($slices, $count) = slices($samples);
        return Zst::Handle->new(\&zst_compression_dict_free, \&zst_train_dictionary, $size, $slices, $count, undef);
    }

    sub compress ($compressor, $content) {
        return result(sub ($out) { zst_compressor_compress($compressor->{pointer}, $content, $out) });
    }

    sub decompress ($decompressor, $frame) {
        return result(sub ($out) { zst_decompressor_decompress($decompressor->{pointer}, $frame, 0, 0, $out, undef) });
    }

    # What a function puts into a zst_bytes.
    sub result ($fill) {
        my $out = Zst::Bytes->new;
        $fill->($out);
        my $content = buffer_to_scalar($out->data, $out->len);
        zst_bytes_free($out);
        return $content;
    }

    # Reads with $reader->($size) and writes with $writer->($bytes). Perl must not die through C: what it died of waits
    # until the function has come back.
    sub copy_stream ($copy, $handle, $reader, $writer, @settings) {
        my ($block, $failure);
        my $guarded = sub ($work) {
            return 0 if eval { $work->(); 1 };
            $failure = $@;
            return 1;
        };
        my $read = $ffi->closure(sub ($userdata, $size_hint, $out_data, $out_len) {
            return $guarded->(sub {
                $block = $reader->($size_hint);    # lent, so it stays until the next one
                my ($data, $len) = scalar_to_buffer($block);
                poke($out_data, $data);
                poke($out_len, $len);
            });
        });
        my $write = $ffi->closure(sub ($userdata, $data, $len, $out_written) {
            return $guarded->(sub {
                $writer->(buffer_to_scalar($data, $len));
                poke($out_written, $len);
            });
        });
        my $source = Zst::Source->new(read => $ffi->cast(READ, 'opaque', $read));
        my $sink = Zst::Sink->new(write => $ffi->cast(WRITE, 'opaque', $write));
        my $done = eval { $copy->($handle->{pointer}, $source, $sink, @settings, undef, undef, undef); 1 };
        return $done || die $failure // $@;
    }

    sub compress_stream ($compressor, $reader, $writer) {
        copy_stream(\&zst_compressor_copy_stream, $compressor, $reader, $writer, UNKNOWN_SIZE, PIECE, PIECE);
    }

    sub decompress_stream ($decompressor, $reader, $writer) {
        copy_stream(\&zst_decompressor_copy_stream, $decompressor, $reader, $writer, PIECE, PIECE, 0);
    }

    # Writes a number of 64 bits to an address.
    sub poke ($address, $number) {
        memcpy($address, scalar_to_pointer(pack 'J', $number), 8);
    }

    # An array of zst_slice and its length. It points to the items, which must stay.
    sub slices ($items) {
        return pack('J*', map { scalar_to_buffer($_) } @$items), scalar @$items;
    }

    sub batch ($call, $handle, $items, @settings) {
        my ($slices, $count) = slices($items);
        my $collection = Zst::Handle->new(
            \&zst_buffer_with_segments_collection_free, $call, $handle->{pointer}, $slices, $count, @settings);
        my $segment = Zst::Segment->new;
        return map {
            zst_buffer_with_segments_collection_segment($collection->{pointer}, $_, $segment);
            buffer_to_scalar($segment->data, $segment->len);
        } 0 .. zst_buffer_with_segments_collection_count($collection->{pointer}) - 1;
    }

    sub compress_all ($compressor, $contents) {
        return batch(\&zst_compressor_multi_compress_to_buffer, $compressor, $contents, ALL_CORES);
    }

    sub decompress_all ($decompressor, $frames) {
        return batch(\&zst_decompressor_multi_decompress_to_buffer, $decompressor, $frames, undef, 0, ALL_CORES);
    }
}

# What a constructor gives, freed with the last reference to this object.
package Zst::Handle {
    sub new ($class, $free, $constructor, @arguments) {
        $constructor->(@arguments, \my $pointer);
        return bless {pointer => $pointer, free => $free}, $class;
    }

    # When the program ends, the function may be gone before the handle.
    sub DESTROY ($self) { $self->{free}->($self->{pointer}) if ${^GLOBAL_PHASE} ne 'DESTRUCT' }
}

package Zst::Error {
    use overload '""' => sub ($self, @) { "$self->{status}: $self->{message}" }, fallback => 1;

    sub new ($class, $err) {
        my $message = unpack 'Z*', $err->message;
        utf8::decode($message);
        return bless {status => Zst::zst_status_name($err->status), message => $message}, $class;
    }
}

package main;

sub reader ($content) {
    my $position = 0;
    return sub ($size) {
        my $block = substr $content, $position, $size;
        $position += length $block;
        return $block;
    };
}

sub check ($back, $content) { die "what came back differs\n" if $back ne $content }

sub without_dictionary ($text) {
    my ($packer, $unpacker) = (Zst::compressor(), Zst::decompressor());
    my $frame = Zst::compress($packer, $text);
    check(Zst::decompress($unpacker, $frame), $text);
    printf "one-shot: %d bytes, %d compressed\n", length $text, length $frame;

    my ($packed, $back) = ('', '');
    Zst::compress_stream($packer, reader($text), sub ($piece) { $packed .= $piece });
    Zst::decompress_stream($unpacker, reader($packed), sub ($piece) { $back .= $piece });
    check($back, $text);
    printf "stream: %d bytes, %d compressed\n", length $text, length $packed;
    my $broken = sub ($size) { die "the source is broken\n" };
    eval { Zst::compress_stream($packer, $broken, sub ($piece) { }) } or print "callback: $@";
    eval { Zst::decompress($unpacker, substr $frame, 0, length($frame) / 2) } or print "error: $@\n";
}

sub with_dictionary (@records) {
    my $dictionary = Zst::train(4096, \@records);
    my ($packer, $unpacker) = (Zst::compressor($dictionary), Zst::decompressor($dictionary));
    my $small = Zst::compress($packer, $records[0]);
    check(Zst::decompress($unpacker, $small), $records[0]);
    my $id = Zst::zst_compression_dict_id($dictionary->{pointer});
    printf "dictionary %d: %d bytes, %d compressed\n", $id, length $records[0], length $small;

    my @frames = Zst::compress_all($packer, \@records);
    my $all = join '', @records;
    check(join('', Zst::decompress_all($unpacker, \@frames)), $all);
    printf "batch: %d records, %d bytes, %d compressed\n", scalar @frames, length $all, length join('', @frames);
}

without_dictionary(join '', map { "line $_ of a text that repeats itself\n" } 0 .. 3999);
with_dictionary(map { sprintf qq({"id": %d, "name": "user %d", "active": true}\n), $_, $_ * 7919 % 10007 } 0 .. 1999);
