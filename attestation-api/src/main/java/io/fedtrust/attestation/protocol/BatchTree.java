// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EntryProof;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Many challenges answered by one report: the Merkle tree of RFC 9162 section 2.1 over what each
 * relying party asked (docs/protocol/bindings.md#batches). Its root is the challenge of the one
 * report.
 */
public final class BatchTree {
  /** The most challenges that one report may answer. */
  public static final int MAX_LEAVES = EntryProof.BatchPath.MAX_SIZE;

  private static final int LEAF = 0;
  private static final int NODE = 1;

  private final List<byte[]> leaves;

  private BatchTree(List<byte[]> leaves) {
    this.leaves = leaves;
  }

  /**
   * One relying party's challenge.
   *
   * @param verifier the common name of its certificate
   * @param challenge what it asked
   */
  public record Leaf(String verifier, Challenge challenge) {
    byte[] hash() {
      byte[] data =
          new LengthPrefixed().add("FLCC-BATCH-1").add(verifier).add(challenge.value()).bytes();
      return hashed(LEAF, data);
    }
  }

  /**
   * Builds the tree.
   *
   * @param leaves 1 to 1024 challenges, in the order of their indexes
   * @return the tree
   * @throws IllegalArgumentException for none or too many
   */
  public static BatchTree of(List<Leaf> leaves) {
    if (leaves.isEmpty() || leaves.size() > MAX_LEAVES) {
      throw new IllegalArgumentException(
          "leaves: expected 1 to " + MAX_LEAVES + ", was " + leaves.size());
    }
    return new BatchTree(leaves.stream().map(Leaf::hash).toList());
  }

  /** {@return the root, which is the challenge that the one report answers} */
  public Challenge root() {
    return Challenge.of(root(leaves));
  }

  /**
   * Returns the proof that a leaf is in the tree.
   *
   * @param index of the leaf
   * @return hashes of 32 bytes, from the leaf to the root
   * @throws IndexOutOfBoundsException for an index outside the tree
   */
  public List<byte[]> path(int index) {
    java.util.Objects.checkIndex(index, leaves.size());
    List<byte[]> path = new ArrayList<>();
    collect(leaves, index, path);
    return path;
  }

  private static void collect(List<byte[]> part, int index, List<byte[]> path) {
    if (part.size() == 1) {
      return;
    }
    int split = split(part.size());
    List<byte[]> left = part.subList(0, split);
    List<byte[]> right = part.subList(split, part.size());
    if (index < split) {
      collect(left, index, path);
      path.add(root(right));
    } else {
      collect(right, index - split, path);
      path.add(root(left));
    }
  }

  /**
   * Recomputes the root from one leaf and its path (RFC 9162 section 2.1.3.2).
   *
   * @param leaf what this relying party asked
   * @param index of the leaf
   * @param size number of leaves
   * @param path from the leaf to the root
   * @return the root that this path leads to
   * @throws IllegalArgumentException if index, size or length of the path cannot belong together
   */
  public static Challenge rootFrom(Leaf leaf, int index, int size, List<byte[]> path) {
    if (size < 1 || size > MAX_LEAVES || index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "index: expected below a size of 1 to " + MAX_LEAVES + ", was " + index + " of " + size);
    }
    byte[] hash = leaf.hash();
    int node = index;
    int last = size - 1;
    for (byte[] sibling : path) {
      if (last == 0 || sibling.length != Challenge.BYTES) {
        throw new IllegalArgumentException("path: not one of a tree of " + size + " leaves");
      }
      if ((node & 1) == 1 || node == last) {
        hash = node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    if (last != 0) {
      throw new IllegalArgumentException("path: too short for a tree of " + size + " leaves");
    }
    return Challenge.of(hash);
  }

  private static byte[] root(List<byte[]> part) {
    if (part.size() == 1) {
      return part.get(0);
    }
    int split = split(part.size());
    return node(root(part.subList(0, split)), root(part.subList(split, part.size())));
  }

  /** The largest power of two below the size. */
  private static int split(int size) {
    return Integer.highestOneBit(size - 1);
  }

  private static byte[] node(byte[] left, byte[] right) {
    ByteArrayOutputStream both = new ByteArrayOutputStream(left.length + right.length);
    both.writeBytes(left);
    both.writeBytes(right);
    return hashed(NODE, both.toByteArray());
  }

  private static byte[] hashed(int prefix, byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(data.length + 1);
    bytes.write(prefix);
    bytes.writeBytes(data);
    return Hashes.sha256(bytes.toByteArray());
  }
}
