using System.Buffers.Binary;
using System.Numerics;

namespace ArtSimilarity.Sqlite.Caches;

/// <summary>Works as bytes, under keys other than 0. It lets go of those that were not asked for of late.</summary>
/// <remarks>
/// <para>
/// The bytes lie in a few long arrays, so that the collector has nothing to move or to follow. As objects, some 100,000 works gave it so much
/// to do that every search stood still for 20 to 50 ms, some times a second.
/// </para>
/// <para>
/// There are two halves. Works are added to the younger one. Once that is full it becomes the older one, and what was the older one is
/// dropped. A work that is found in the older one is added to the younger one again.
/// </para>
/// <para>Safe for several threads at once. Readers take no lock.</para>
/// </remarks>
/// <param name="maxBytes">How many bytes all works and their places may take.</param>
internal sealed class CompactWorks(long maxBytes)
{
    private readonly Lock _adding = new();
    private Half _young = new(), _old = new();

    public bool TryGet(long key, out ReadOnlySpan<byte> bytes)
    {
        if (Volatile.Read(ref _young).TryGet(key, out bytes))
        {
            return true;
        }

        if (!Volatile.Read(ref _old).TryGet(key, out bytes))
        {
            return false;
        }

        Add(key, bytes);
        return true;
    }

    /// <summary>Keeps a work, unless it is there already or is longer than half a block.</summary>
    public void Add(long key, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Half.BlockBytes / 2 || maxBytes < 2 * Half.BlockBytes)
        {
            return;
        }

        lock (_adding)
        {
            if (_young.TryGet(key, out _))
            {
                return;
            }

            if (_young.BytesWith(bytes.Length) > maxBytes / 2)
            {
                Volatile.Write(ref _old, _young);
                Volatile.Write(ref _young, new Half());
            }

            _young.Add(key, bytes);
        }
    }

    /// <summary>Works that are added one at a time and stay. Places are found by hashing, with linear probing.</summary>
    private sealed class Half
    {
        public const int BlockBytes = 256 * 1024;

        private byte[][] _blocks = [];
        private Table _table = new(1024);
        private int _used = BlockBytes;
        private int _count;

        /// <summary>How many bytes this takes once a work is added.</summary>
        public long BytesWith(int length) =>
            ((_blocks.Length + (_used + sizeof(int) + length > BlockBytes ? 1L : 0)) * BlockBytes) + ((sizeof(long) + sizeof(int)) * (long)_table.Keys.Length);

        public bool TryGet(long key, out ReadOnlySpan<byte> bytes)
        {
            Table table = Volatile.Read(ref _table);
            for (int slot = table.SlotOf(key); ; slot = table.After(slot))
            {
                long found = Volatile.Read(ref table.Keys[slot]); // its place was written before it
                if (found == key)
                {
                    int place = table.Places[slot];
                    ReadOnlySpan<byte> block = Volatile.Read(ref _blocks)[place / BlockBytes].AsSpan(place % BlockBytes);
                    bytes = block.Slice(sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(block));
                    return true;
                }

                if (found == 0)
                {
                    bytes = default;
                    return false;
                }
            }
        }

        /// <summary>Adds a work that is not there, one thread at a time.</summary>
        public void Add(long key, ReadOnlySpan<byte> bytes)
        {
            if (_used + sizeof(int) + bytes.Length > BlockBytes)
            {
                Volatile.Write(ref _blocks, [.. _blocks, GC.AllocateUninitializedArray<byte>(BlockBytes)]);
                _used = 0;
            }

            int place = ((_blocks.Length - 1) * BlockBytes) + _used;
            Span<byte> block = _blocks[^1].AsSpan(_used);
            BinaryPrimitives.WriteInt32LittleEndian(block, bytes.Length);
            bytes.CopyTo(block[sizeof(int)..]);
            _used += sizeof(int) + bytes.Length;
            if (2 * ++_count > _table.Keys.Length)
            {
                Volatile.Write(ref _table, _table.Doubled());
            }

            _table.Set(key, place);
        }
    }

    private sealed class Table(int length)
    {
        private readonly int _shift = 64 - BitOperations.Log2((uint)length);

        public long[] Keys { get; } = new long[length];

        public int[] Places { get; } = new int[length];

        public int SlotOf(long key) => (int)(((ulong)key * 0x9E3779B97F4A7C15) >> _shift);

        public int After(int slot) => (slot + 1) & (Keys.Length - 1);

        public void Set(long key, int place)
        {
            int slot = SlotOf(key);
            while (Keys[slot] != 0)
            {
                slot = After(slot);
            }

            Places[slot] = place;
            Volatile.Write(ref Keys[slot], key);
        }

        public Table Doubled()
        {
            var doubled = new Table(2 * Keys.Length);
            for (int slot = 0; slot < Keys.Length; slot++)
            {
                if (Keys[slot] != 0)
                {
                    doubled.Set(Keys[slot], Places[slot]);
                }
            }

            return doubled;
        }
    }
}
