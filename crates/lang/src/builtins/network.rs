//! Functions of networks.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use crate::ty::cidr;
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rust_decimal::prelude::ToPrimitive;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The greatest number of parts a network is split into.
const MAX_PARTS: u64 = 4096;

pub(super) fn table() -> Vec<Builtin> {
    let block = ("block", Type::Cidr);
    vec![
        define(
            "cidr_split",
            &[block.clone(), ("n", Type::Count)],
            Type::list(Type::Cidr),
            UnknownPolicy::Waits,
            split,
            "The first n of the equal parts a network splits into; of a power of two, all parts.",
        ),
        define(
            "cidr_subnet",
            &[block.clone(), ("bits", Type::Count), ("index", Type::Count)],
            Type::Cidr,
            UnknownPolicy::Waits,
            subnet,
            "The part of a network with that index, its prefix longer by that many bits.",
        ),
        define(
            "cidr_host",
            &[block, ("n", Type::Int)],
            Type::String,
            UnknownPolicy::Waits,
            host,
            "The n-th address of a network, counted from 0; negative numbers count from its end.",
        ),
    ]
}

fn split(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let net = block(call)?;
    let parts = call.number(1).to_u64().filter(|parts| (1..=MAX_PARTS).contains(parts));
    let Some(parts) = parts else {
        let found = call.number(1).normalize();
        return Err(call.outside(1, format!("a network is split into 1 to {MAX_PARTS} parts, not {found}")));
    };
    // The smallest power of two that is enough.
    let bits = u64::BITS - (parts - 1).leading_zeros();
    let nets = (0..parts).map(|index| part(call, net, bits, u128::from(index), 1));
    Ok(call.texts(nets.collect::<Result<Vec<_>, _>>()?.into_iter().map(|net| net.to_string())))
}

fn subnet(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let net = block(call)?;
    let bits = call.number(1).to_u32().unwrap_or(u32::MAX);
    let Some(index) = call.number(2).to_u128() else {
        return Err(call.outside(2, "the index of a network is a whole number, not negative"));
    };
    Ok(call.as_text(part(call, net, bits, index, 1)?.to_string()))
}

fn host(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let net = block(call)?;
    let free = u32::from(net.max_prefix_len() - net.prefix_len());
    let number = call.number(1);
    let last = u128::MAX.checked_shr(u128::BITS - free).unwrap_or(0);
    let offset = match number.abs().to_u128() {
        Some(back) if number.is_sign_negative() => back.checked_sub(1).and_then(|back| last.checked_sub(back)),
        Some(offset) => Some(offset).filter(|offset| *offset <= last),
        None => None,
    };
    let Some(offset) = offset else {
        let message = format!("`{net}` has no address {}: its addresses are 0 to {last}", number.normalize());
        return Err(Diagnostic::error("GPB1211", message).with_label(call.arg_span(1), "no such address"));
    };
    Ok(call.as_text(at(net, offset, net.max_prefix_len()).addr().to_string()))
}

fn block(call: &BuiltinCall) -> Result<IpNet, Diagnostic> {
    cidr(call.text(0), call.arg_span(0))
}

/// Returns the `index`-th of the networks that are `bits` longer than `net`.
///
/// `asked` is the argument that asked for the bits.
fn part(call: &BuiltinCall, net: IpNet, bits: u32, index: u128, asked: usize) -> Result<IpNet, Diagnostic> {
    let longest = u32::from(net.max_prefix_len());
    let prefix = u32::from(net.prefix_len()).saturating_add(bits);
    if prefix > longest {
        let message = format!("`{net}` is too small: its parts would need a prefix of /{prefix}");
        return Err(Diagnostic::error("GPB1210", message)
            .with_label(call.arg_span(asked), format!("asks for {bits} more bits than /{}", net.prefix_len()))
            .help(format!("the longest prefix is /{longest}; take fewer parts or a larger network")));
    }
    if bits < u128::BITS && index >> bits != 0 {
        let message = format!("`{net}` has no part {index}: {bits} more bits make parts 0 to {}", (1_u128 << bits) - 1);
        return Err(Diagnostic::error("GPB1211", message).with_label(call.arg_span(2), "no such part"));
    }
    let offset = index.checked_shl(longest - prefix).unwrap_or(0);
    Ok(at(net, offset, u8::try_from(prefix).unwrap_or(u8::MAX)))
}

/// Returns the network with that prefix whose address lies `offset` behind `net`.
///
/// The prefix is known to be valid.
fn at(net: IpNet, offset: u128, prefix: u8) -> IpNet {
    match net {
        IpNet::V4(v4) => {
            let address = u128::from(v4.network().to_bits()) + offset;
            let address = Ipv4Addr::from_bits(u32::try_from(address).unwrap_or(u32::MAX));
            Ipv4Net::new(address, prefix).map_or(net, IpNet::V4)
        }
        IpNet::V6(v6) => {
            let address = Ipv6Addr::from_bits(v6.network().to_bits().saturating_add(offset));
            Ipv6Net::new(address, prefix).map_or(net, IpNet::V6)
        }
    }
}
